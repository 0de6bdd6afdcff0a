import { spawn } from 'node:child_process';
import type { Native } from './native.ts';
import { ENVIRONMENT, stop } from './process.ts';

/** The processes of a crowd; each has 20 descriptors, see crowd.c. */
export const CROWD = 1_000;
/** Milliseconds that they get to open their descriptors after the last was forked. */
const SETTLING_MS = 2_000;

/**
 * Does something while {@link CROWD} more processes live on this machine.
 * @throws Error with the crowd's words where it cannot be made.
 */
export async function inCrowd<T>(native: Native, act: () => Promise<T>): Promise<T> {
  const crowd = spawn(native.crowd, [String(CROWD)], {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: stop.signal,
  });
  const ended = new Promise<void>((resolve) => crowd.once('close', () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      let complaint = '';
      crowd.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        complaint += chunk;
      });
      crowd.stdout.once('data', () => resolve());
      crowd.once('error', reject);
      crowd.once('close', () => reject(new Error(`no crowd of ${CROWD} processes: ${complaint}`)));
    });
    await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    return await act();
  } finally {
    crowd.stdin.end();
    await ended;
  }
}
