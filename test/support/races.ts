import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { program } from './command.ts';
import { compile } from './compile.ts';

/** An attacker at work. */
export interface Racer {
  /** Ends it, and tells what it said last: `swaps 12345`, `visits 99`, `removed after 7`. */
  stop(): Promise<string>;
}

/** Starts an attacker that prints `ready` once it has begun, and works until its stdin ends. */
export async function race(argv: readonly [string, ...string[]]): Promise<Racer> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await Promise.race([once(child.stdout, 'data'), closed]);
  if (said === '') throw new Error(`${argv.join(' ')}: ended before it was ready`);
  const stop = async () => {
    child.stdin.end();
    await closed;
    return said.trim().split('\n').at(-1) ?? '';
  };
  return { stop };
}

/**
 * Makes `levels` directories in one another below `root`, each called `name`, with an empty leftover (two hours old, 0700)
 * on every `every`-th level. Returns how many leftovers there are.
 */
export async function plantDeep(
  root: string,
  levels: number,
  name: string,
  every: number,
  leftover: string,
): Promise<number> {
  const made = await program([compile('deep'), root, String(levels), name, String(every), leftover, '7200']);
  return Number(made.out);
}
