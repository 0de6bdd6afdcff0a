import { type ChildProcess, spawn } from 'node:child_process';
import { parseVersion, type Version } from '../../criu/version.ts';
import { asBytes, EMPTY } from '../../linux/bytes.ts';
import { assertErrno, describeErrno, errnoOf } from '../../linux/errno.ts';
import { endBy, StopSignals } from '../../linux/stop-signals.ts';
import type { Bytes } from '../../model/model.ts';
import { escapeName } from '../../report/escape.ts';

/** The answer of `criu --version`; `why`: what was wrong with it, as half a sentence. */
export type Asked = { readonly version: Version } | { readonly version: null; readonly why: string };

/** How long criu may take, in milliseconds; printing its version takes it a few. */
const TIMEOUT_MS = 5000;
/** More than this is no version. Bytes. */
const MOST_PRINTED = 64 * 1024;
const QUOTED = 60;

/** Runs `criu --version`, in a process group of its own that does not outlive the answer. */
export async function askVersion(path: string, timeoutMs: number = TIMEOUT_MS): Promise<Asked> {
  const signals = new StopSignals();
  const child = spawn(path, ['--version'], { cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  signals.onReceived(() => endGroup(child));
  try {
    return answerOf(await ended(child, timeoutMs), timeoutMs);
  } catch (error) {
    return { version: null, why: `cannot be run: ${describeErrno(errnoOf(error).code)}` };
  } finally {
    endGroup(child);
    signals.release();
    if (signals.received !== null) endBy(signals.received);
  }
}

interface Ending {
  readonly how: 'exit' | 'timeout' | 'too-much';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly printed: Bytes;
}

function ended(child: ChildProcess, timeoutMs: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let printed = EMPTY;
    const end = (how: Ending['how'], code: number | null = null, signal: NodeJS.Signals | null = null) => {
      clearTimeout(timer);
      child.stdout?.destroy();
      resolve({ how, code, signal, printed });
    };
    const timer = setTimeout(() => end('timeout'), timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => {
      printed = printed.concat(asBytes(chunk.toString('latin1')));
      if (printed.length > MOST_PRINTED) end('too-much');
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code, signal) => end('exit', code, signal));
  });
}

function answerOf({ how, code, signal, printed }: Ending, timeoutMs: number): Asked {
  const version = how === 'too-much' ? null : parseVersion(printed);
  if (version !== null) return { version };
  if (how === 'timeout') return { version: null, why: `did not answer within ${timeoutMs / 1000} s` };
  if (signal !== null) return { version: null, why: `was killed by ${signal}` };
  const said = asBytes(printed.trim().slice(0, QUOTED));
  const what = said === '' ? 'printed nothing' : `printed no version but '${escapeName(said)}'`;
  return { version: null, why: code === 0 || code === null ? what : `${what} (exit ${code})` };
}

/** Ends the whole process group: a child of criu may hold the pipe, and outlive criu. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    assertErrno(error);
  }
}
