import { type ChildProcess, spawn } from 'node:child_process';
import { asBytes } from '../../linux/bytes.ts';
import { assertErrno, type Errno, errnoOf } from '../../linux/errno.ts';
import { endBy, StopSignals } from '../../linux/stop-signals.ts';
import type { Bytes } from '../../model/model.ts';

/** A program to run, and how much of it. */
export interface Program {
  /** Absolute. */
  readonly path: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** More bytes on stdout than this end it. */
  readonly mostPrinted: number;
  /** Its environment; left out: ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The end of a program, with what it printed on stdout until then. */
export type Ran =
  | { readonly kind: 'exited'; readonly code: number; readonly printed: Bytes }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals; readonly printed: Bytes }
  | { readonly kind: 'timeout' | 'too-much'; readonly printed: Bytes }
  | ({ readonly kind: 'failed' } & Errno);

/**
 * Runs a program that only answers, in `/` and without stdin, in a process group of its own that does not
 * outlive the answer. A stop signal to us ends it, and then us.
 */
export async function runProgram({ path, args, timeoutMs, mostPrinted, env }: Program): Promise<Ran> {
  const signals = new StopSignals();
  const child = spawn(path, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(env === undefined ? {} : { env }),
  });
  signals.onReceived(() => endGroup(child));
  try {
    return await ended(child, timeoutMs, mostPrinted);
  } finally {
    endGroup(child);
    signals.release();
    if (signals.received !== null) endBy(signals.received);
  }
}

/** The time between the end of a program and the last of its output, in milliseconds. */
const HELD_PIPE_MS = 500;

function ended(child: ChildProcess, timeoutMs: number, mostPrinted: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const chunks: string[] = [];
    let length = 0;
    const end = (how: (printed: Bytes) => Ran): void => {
      clearTimeout(timer);
      child.stdout?.destroy();
      resolve(how(asBytes(chunks.join(''))));
    };
    const timer = setTimeout(() => end((printed) => ({ kind: 'timeout', printed })), timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => {
      chunks.push(chunk.toString('latin1'));
      length += chunk.length;
      if (length > mostPrinted) end((printed) => ({ kind: 'too-much', printed }));
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      try {
        resolve({ kind: 'failed', ...errnoOf(error) });
      } catch (bug) {
        reject(bug);
      }
    });
    const endAs = (code: number | null, signal: NodeJS.Signals | null): void =>
      end((printed) =>
        signal === null ? { kind: 'exited', code: code ?? 0, printed } : { kind: 'killed', signal, printed },
      );
    child.once('close', endAs);
    // A child of its own may keep the pipe open, and what it printed itself has come by then.
    child.once('exit', (code, signal) => setTimeout(endAs, HELD_PIPE_MS, code, signal).unref());
  });
}

/** Ends the whole process group: a child of the program may hold the pipe, and outlive it. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    assertErrno(error);
  }
}
