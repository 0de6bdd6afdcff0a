import { setTimeout as sleep } from 'node:timers/promises';
import { describeErrno, errnoOf } from '../../errno.ts';
import type { StopSignals } from '../../stop-signals.ts';
import { UsageError } from '../../usage-error.ts';

/** A timer holds 31 bits of milliseconds, some 24 days; longer waits are several (Node's timers, TIMEOUT_MAX). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The beats of a sweep that is repeated, at whole intervals from the start. One that is passed over because a sweep
 * took longer is left out, so sweeps never follow each other without a pause.
 */
export class Beats {
  readonly #intervalMs: number;
  readonly #signals: StopSignals;
  readonly #stopped = new AbortController();
  readonly #start = performance.now();

  constructor(intervalMs: number, signals: StopSignals) {
    this.#intervalMs = intervalMs;
    this.#signals = signals;
    signals.onReceived(() => this.#stopped.abort());
  }

  /** Waits for the next beat. False: a signal came instead. */
  async next(): Promise<boolean> {
    const passed = Math.floor((performance.now() - this.#start) / this.#intervalMs);
    const due = this.#start + (passed + 1) * this.#intervalMs;
    while (this.#signals.received === null) {
      const left = due - performance.now();
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

/** The directory that relative targets are named from, and the way back to it: a sweep moves around. */
export class StartingPlace {
  readonly #path: string | null = currentDirectory();
  readonly #needed: boolean;

  constructor(targets: readonly string[]) {
    this.#needed = targets.some((target) => !target.startsWith('/'));
    // A directory that was removed is no place to start from, where no target needs it.
    if (this.#path === null && !this.#needed) process.chdir('/');
  }

  /** @throws UsageError where it is gone and a target is relative to it */
  goBack(): void {
    if (!this.#needed || this.#path === null) return;
    try {
      process.chdir(this.#path);
    } catch (error) {
      const why = describeErrno(errnoOf(error).code);
      throw new UsageError(
        `${this.#path}: ${why}: relative targets are named from there: write them absolute`,
      );
    }
  }
}

function currentDirectory(): string | null {
  try {
    return process.cwd();
  } catch (error) {
    errnoOf(error);
    return null;
  }
}
