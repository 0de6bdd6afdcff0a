import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../linux/clock.ts';
import type { StopSignals } from '../../linux/stop-signals.ts';

/** The longest time of one timer, 31 bits of milliseconds, some 24 days (Node's timers, TIMEOUT_MAX). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The beats of a repeated sweep, at whole intervals from the start. If a sweep takes longer than an interval,
 * the beat that it missed is left out, so there is always a pause between two sweeps.
 */
export class Beats {
  readonly #intervalMs: number;
  readonly #signals: StopSignals;
  readonly #stopped = new AbortController();
  readonly #start = monotonicMs();

  constructor(intervalMs: number, signals: StopSignals) {
    this.#intervalMs = intervalMs;
    this.#signals = signals;
    signals.onReceived(() => this.#stopped.abort());
  }

  /** Waits for the next beat. False: a signal came instead. */
  async next(): Promise<boolean> {
    const passed = Math.floor((monotonicMs() - this.#start) / this.#intervalMs);
    const due = this.#start + (passed + 1) * this.#intervalMs;
    while (this.#signals.received === null) {
      const left = due - monotonicMs();
      if (left <= 0) return true;
      await this.#sleep(Math.min(left, LONGEST_TIMER_MS));
    }
    return false;
  }

  async #sleep(durationMs: number): Promise<void> {
    try {
      await sleep(durationMs, undefined, { signal: this.#stopped.signal });
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error;
    }
  }
}
