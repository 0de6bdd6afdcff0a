import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { onTestFinished, vi } from 'vitest';
import { type Running, startProgram } from './command.ts';
import { compile } from './compile.ts';

/** What a process does to a directory while it lives. */
export interface Use {
  /** Its comm (`/proc/PID/comm`), at most 15 bytes: `criu`. */
  readonly comm?: string;
  readonly cwd?: string;
  /** Opened for reading and kept open; a directory or a file. */
  readonly open?: string;
  /** Opened and locked exclusively with flock(2). */
  readonly lock?: string;
  /** chroot(2) into it, after all the above. */
  readonly root?: string;
}

/** A process that holds something. */
export interface Holder {
  readonly pid: number;
  /** Kills it and waits until it is gone. */
  release(): Promise<void>;
}

/** A started program that holds something once it printed `ready`; released when the test has finished. */
export async function held(running: Running): Promise<Holder> {
  const release = async () => {
    running.kill('SIGKILL');
    await running.ended;
  };
  onTestFinished(release);
  await running.printed('stdout', /^ready$/m).catch(async (error: unknown) => {
    const { err } = await running.ended;
    throw new Error(`could not hold: ${err}`, { cause: error });
  });
  return { pid: running.pid, release };
}

/** The argv of a process that holds that until it is killed. */
export function holding(use: Use): string[] {
  const options = [
    ['-n', use.comm],
    ['-c', use.cwd],
    ['-o', use.open],
    ['-l', use.lock],
    ['-r', use.root],
  ] as const;
  return [compile('hold'), ...options.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))];
}

/** Starts a process that uses a directory, and waits until it does. */
export const hold = (use: Use, wrap: readonly string[] = []): Promise<Holder> =>
  held(startProgram(holding(use), { wrap, timeoutMs: 600_000 }));

/** Starts an odd process: see c/odd.c. */
export const odd = (words: readonly string[], wrap: readonly string[] = []): Promise<Holder> =>
  held(startProgram([compile('odd'), ...words], { wrap, timeoutMs: 600_000 }));

/**
 * Waits until the command handles signals (SigCgt of proc_pid_status(5)). Told by SIGHUP: Node itself handles SIGINT and
 * SIGTERM from its start.
 */
export async function handlesSignals(pid: number): Promise<void> {
  const hangUp = 1n << BigInt(constants.signals.SIGHUP - 1);
  await vi.waitFor(() => {
    const caught = /^SigCgt:\t([\da-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (caught === undefined || (BigInt(`0x${caught}`) & hangUp) === 0n) throw new Error('not handled yet');
  }, 60_000);
}
