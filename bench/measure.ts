import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Usage } from './model.ts';
import type { Native } from './native.ts';
import { parseNumbers, run, take } from './process.ts';

/** A command to measure, and what it reads from stdin. */
export interface Command {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

/** The files that a measured command is connected to. */
export interface Streams {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Streams of one run, as files in `scratch`; writes `stdin`. */
export function openStreams(scratch: string, stdin = ''): Streams {
  const file = (name: string) => path.join(scratch, name);
  writeFileSync(file('stdin'), stdin);
  return { stdin: file('stdin'), stdout: file('stdout'), stderr: file('stderr') };
}

/** Runs the command once, see measure.c; `patience` in seconds. */
export async function measure(
  native: Native,
  command: Command,
  scratch: string,
  patience: number,
): Promise<Usage> {
  const result = path.join(scratch, 'usage.json');
  const { stdin, stdout, stderr } = openStreams(scratch, command.stdin);
  await run(native.measure, [result, String(patience), stdin, stdout, stderr, ...command.argv]);
  const numbers = parseNumbers(readFileSync(result, 'utf8'));
  return {
    wallMs: take(numbers, 'wallNs') / 1e6,
    userMs: take(numbers, 'userUs') / 1e3,
    systemMs: take(numbers, 'systemUs') / 1e3,
    maxRssKiB: take(numbers, 'maxRssKiB'),
    exit: take(numbers, 'exit'),
    signal: take(numbers, 'signal'),
    timedOut: take(numbers, 'timedOut') === 1,
  };
}

/** Lines that the last measured command printed. */
export async function countLines(scratch: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path.join(scratch, 'stdout'))) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a stream of text');
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}

/** What the last measured command said on stderr: its first `limit` characters. */
export function complaint(scratch: string, limit = 300): string {
  return readFileSync(path.join(scratch, 'stderr'), 'utf8').slice(0, limit).trim();
}
