import { spawn } from 'node:child_process';
import { CROWD } from './model.ts';
import type { Native } from './native.ts';
import { ENVIRONMENT, stop } from './process.ts';

/**
 * Does something while the processes of {@link CROWD} live on this machine.
 * @throws Error with the crowd's words where it cannot be made.
 */
export async function inCrowd<T>(native: Native, act: () => Promise<T>): Promise<T> {
  const crowd = spawn(native.crowd, [String(CROWD.processes)], {
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
      crowd.once('close', () => reject(new Error(`no crowd of ${CROWD.processes} processes: ${complaint}`)));
    });
    return await act();
  } finally {
    crowd.stdin.end();
    await ended;
  }
}
