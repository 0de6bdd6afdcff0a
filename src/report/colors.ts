import picocolors from 'picocolors';

/** The colours of one stream. If it is not coloured, each function returns its text unchanged. */
export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'
>;

/**
 * The colours of a stream, switched on or off. picocolors' own guess is not used, because it turns colours on
 * in CI. The build removes its reading of `process.stdout`, which alone makes a shared pipe non-blocking.
 */
export function createColors(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}
