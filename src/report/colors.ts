import picocolors from 'picocolors';

/** The colours of one stream; where it is not coloured, each gives its text back as it is. */
export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'
>;

/**
 * The colours of a stream, as was decided for it. picocolors' own guess, which turns colours on in CI, is not asked,
 * and the build takes out that it reads `process.stdout` for that: this alone makes a pipe non-blocking for everybody
 * who shares it.
 */
export function createColors(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}
