import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKAGE, program, type Running, startProgram } from './command.ts';
import { compile } from './compile.ts';
import { AA_POLICY } from './leftovers.ts';
import { type Racer, race } from './races.ts';

/** Swaps each of these entries of one directory with that of the same name in another, without end. */
export const swappingAll = (dir: string, other: string, names: readonly string[]): Promise<Racer> =>
  race([compile('swap-all'), dir, other, ...names]);

/** Moves a file of `home` into a directory and back, without end. */
export const visiting = (home: string, file: string, directory: string): Promise<Racer> =>
  race([compile('visit'), home, file, directory]);

/** Runs the sweeper that trusts joined paths; `recursive`: it empties what it removes. */
export const unsafeSweep = (how: 'rmdir' | 'recursive', directory: string) =>
  startProgram([process.execPath, `${PACKAGE}test/support/unsafe-sweeper.js`, how, directory]).ended;

/** Calls an attempt again and again until it says that it has seen what it waited for, or the time is up. */
export async function until(timeoutMs: number, attempt: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  do {
    if (await attempt()) return true;
  } while (Date.now() < deadline);
  return false;
}

/** Makes very many entries in a directory that exists. The names of leftovers end in six digits, from 000000 up. */
export const makeMany = (
  what: 'files' | 'directories' | 'leftovers',
  dir: string,
  count: number,
  prefix = AA_POLICY,
) => program([compile('many'), what, dir, String(count), prefix]);

/** A wrap that measures the largest resident set of the command, and how to read it afterwards, in MiB. */
export function measuringMemory(dir: string): { wrap: string[]; peakMiB: () => number } {
  const file = join(dir, 'peak-rss');
  return { wrap: [compile('peak'), file], peakMiB: () => Number(readFileSync(file, 'utf8')) / 1024 };
}

/** Waits until a sweep that nobody reads has come to a stop in a directory that it has begun to empty. */
export async function stuck(running: Running, directory: string, planted: number): Promise<void> {
  const left = () => readdirSync(directory).length;
  const begun = await until(30_000, async () => {
    await sleep(20);
    return left() < planted;
  });
  await asleep(running.pid);
  if (!begun || left() === 0)
    throw new Error(`process ${running.pid} never came to wait: ${left()} are left`);
}

/**
 * Waits until a process waits for something from outside: all its threads sleep, a few times in a row. One that is only
 * short of CPU time does not: it is to be seen as running (state R, proc_pid_stat(5)), as is one that was just sent a signal.
 */
export async function asleep(pid: number): Promise<void> {
  let seen = 0;
  const found = await until(30_000, async () => {
    await sleep(20);
    seen = threadStates(pid).every((state) => state === 'S') ? seen + 1 : 0;
    return seen >= 5;
  });
  if (!found) throw new Error(`process ${pid} is never at rest: ${threadStates(pid).join('')}`);
}

const threadStates = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map(
    (thread) => /\) (\S)/.exec(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))?.[1] ?? '?',
  );
