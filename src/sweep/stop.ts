import type { Interruption } from '../model/events.ts';

/** The decision to stop a sweep before its next removal, with the reason. Once made, it stays. */
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

  /** True if a candidate was left where it is because the sweep is to stop. */
  get refused(): boolean {
    return this.#refused;
  }

  /** The reason to stop; `null`: go on. */
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

  /**
   * Notes that something is left out, for the reason of {@link asked} or because all allowed removals are
   * done.
   */
  refuse(): void {
    this.#refused = true;
    this.#reason ??= this.#interrupted() ?? 'max-removals';
  }
}
