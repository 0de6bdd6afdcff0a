import type { Interruption } from '../model/model.ts';

/** Whether a sweep has to stop before its next removal, and for what: once it has to, it stays so. */
export class Stop {
  readonly #interrupted: () => Interruption | null;
  readonly #maxRemovals: number;
  #removals = 0;
  #reason: Interruption | null = null;
  #refused = false;

  /**
   * @param interrupted asks for a signal, or the end of the time
   * @param maxRemovals removals that are allowed; `null`: as many as there are
   */
  constructor(interrupted: () => Interruption | null, maxRemovals: number | null) {
    this.#interrupted = interrupted;
    this.#maxRemovals = maxRemovals ?? Number.POSITIVE_INFINITY;
  }

  /** The reason why something was left out; `null`: nothing was. */
  get reason(): Interruption | null {
    return this.#reason;
  }

  /** A candidate was left where it is, to stop before it. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Whether to stop, and for what. */
  asked(): Interruption | null {
    return this.#reason ?? this.#interrupted();
  }

  /** Whether one more removal is allowed. */
  mayRemove(): boolean {
    return this.#removals < this.#maxRemovals;
  }

  countRemoval(): void {
    this.#removals += 1;
  }

  /** Leaves something out, for what {@link asked} says, or for the removals that were allowed. */
  refuse(): void {
    this.#refused = true;
    this.#reason ??= this.#interrupted() ?? 'max-removals';
  }
}
