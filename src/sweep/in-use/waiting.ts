import type { Pause } from '../../model/events.ts';

/** The longest wait for one step of entering a namespace, in milliseconds. */
export const PATIENCE_MS = 2000;

/** The answer after that wait. */
export const NOT_ENTERED = { kind: 'hidden', code: 'namespace-not-entered', syscall: 'setns' } as const;

/** Waits a millisecond, then pauses. */
export function* moment(): Generator<Pause, void, void> {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  yield { type: 'pause' };
}
