import { constants } from 'node:os';
import type { Interruption, StopSignal } from '../model/events.ts';
import { undoAll } from './at-exit.ts';

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Whether a sweep was stopped by a signal, which is then raised again. */
export function isStopSignal(interruption: Interruption | null): interruption is StopSignal {
  return STOP_SIGNALS.some((signal) => signal === interruption);
}

/** Listens for the signals that ask us to stop. The first is noted; a second ends the process at once. */
export class StopSignals {
  #received: StopSignal | null = null;
  readonly #onReceived: (() => void)[] = [];

  constructor() {
    for (const signal of STOP_SIGNALS) process.on(signal, this.#hear);
  }

  /** The first signal that came, if any did. */
  get received(): StopSignal | null {
    return this.#received;
  }

  /** Calls back when the first signal comes. */
  onReceived(callback: () => void): void {
    this.#onReceived.push(callback);
  }

  /** Gives the signals back to the system. */
  release(): void {
    for (const signal of STOP_SIGNALS) process.off(signal, this.#hear);
  }

  readonly #hear = (signal: StopSignal): void => {
    if (this.#received !== null) {
      this.release();
      endBy(signal);
    }
    this.#received = signal;
    for (const callback of this.#onReceived) callback();
  };
}

/**
 * Ends this process by a signal whose default action ends it, so that the parent sees what happened. If that
 * does nothing (process 1 of a pid namespace), ends with the number that a shell would show.
 */
export function endBy(signal: NodeJS.Signals): void {
  restoreDefaultAction(signal);
  undoAll();
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(128 + constants.signals[signal]), AFTER_SIGNAL_MS);
}

/**
 * Restores a signal's default action. Node ignores SIGPIPE and SIGXFSZ and uses SIGUSR1 for its debugger;
 * adding and removing a listener brings the default back.
 */
function restoreDefaultAction(signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP') return;
  const listener = (): void => {};
  process.on(signal, listener);
  process.off(signal, listener);
}

/**
 * Milliseconds to wait for a signal that is late. The kernel delivers a signal to ourselves before kill(2)
 * returns.
 */
const AFTER_SIGNAL_MS = 50;
