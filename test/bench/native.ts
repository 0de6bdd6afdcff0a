import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** CRIU's mkdtemp prefixes; the most common leftover first. grow.c makes names of them, floor.c looks for them. */
export const PREFIXES = [
  '.criu.temp-aa-policy.',
  '.criu.cgyard.',
  '.criu.cgmounts.',
  'crtools-sys.',
  'crtools-proc.',
  'cr-tmpfs.',
  '.criu.mntns.',
  'crtools-put-root.',
  '.criu.mnt.',
  '.criu.move_mount_set_group.',
] as const;

/** Paths of the compiled C programs. */
export type Native = Readonly<Record<'grow' | 'tally' | 'floor' | 'measure', string>>;

/**
 * Compiles the C programs of `sources` into `directory` with `cc -O2`.
 * @throws Error with the compiler's words, or where there is no `cc`.
 */
export function compile(sources: string, directory: string): Native {
  const define = `-DPREFIXES=${PREFIXES.map((prefix) => JSON.stringify(prefix)).join(',')}`;
  const build = (program: string) => {
    const output = path.join(directory, program);
    const args = ['-O2', '-Wall', '-Wextra', define, '-o', output, path.join(sources, `${program}.c`)];
    const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
    if (error) throw new Error(`the benchmark needs a C compiler: cc: ${error.message}`);
    if (status !== 0) throw new Error(`cc cannot compile ${program}.c:\n${stderr}`);
    return output;
  };
  return { grow: build('grow'), tally: build('tally'), floor: build('floor'), measure: build('measure') };
}
