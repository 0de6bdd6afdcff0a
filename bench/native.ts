import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { GROWN, PREFIXES } from './prefixes.ts';

/** Paths of the compiled C programs. */
export type Native = Readonly<Record<'crowd' | 'grow' | 'tally' | 'floor' | 'measure', string>>;

/**
 * Compiles the C programs of `sources` into `directory` with `cc -O2`.
 * @throws Error with the compiler's words, or where there is no `cc`.
 */
export function compile(sources: string, directory: string): Native {
  const build = (program: string, prefixes: readonly string[]) => {
    const define = `-DPREFIXES=${prefixes.map((prefix) => JSON.stringify(prefix)).join(',')}`;
    const output = path.join(directory, program);
    const args = ['-O2', '-Wall', '-Wextra', define, '-o', output, path.join(sources, `${program}.c`)];
    const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
    if (error) throw new Error(`the benchmark needs a C compiler: cc: ${error.message}`);
    if (status !== 0) throw new Error(`cc cannot compile ${program}.c:\n${stderr}`);
    return output;
  };
  return {
    crowd: build('crowd', PREFIXES),
    grow: build('grow', GROWN),
    tally: build('tally', PREFIXES),
    floor: build('floor', PREFIXES),
    measure: build('measure', PREFIXES),
  };
}
