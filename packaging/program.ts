import { spawnSync } from 'node:child_process';

/** How to run a program: its directory, and variables besides ours. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and returns what it printed on stdout. @throws Error with all it said where it fails */
export function program([file = '', ...args]: readonly string[], { cwd, env }: Surroundings = {}): string {
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw new Error(`${file}: cannot be started: ${error.message}`);
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')}: ${status ?? signal}\n${stdout}${stderr}`);
  return stdout;
}
