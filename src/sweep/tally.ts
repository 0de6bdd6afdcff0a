import type { Counts } from '../model/events.ts';
import type { Item, Why } from '../model/model.ts';

/** Adds up items as they come. */
export class Tally {
  readonly #outcomes: Record<Item['result']['outcome'], number> = {
    removed: 0,
    'would-remove': 0,
    kept: 0,
    vanished: 0,
    failed: 0,
  };
  readonly #keptBy: Partial<Record<Why, number>> = {};

  /** Counts one item, and each of the reasons it was kept for. */
  add({ result }: Item): void {
    this.#outcomes[result.outcome] += 1;
    if (result.outcome !== 'kept') return;
    for (const { why } of result.reasons) this.#keptBy[why] = (this.#keptBy[why] ?? 0) + 1;
  }

  /** The sums so far. */
  counts(): Counts {
    const { removed, 'would-remove': wouldRemove, kept, vanished, failed } = this.#outcomes;
    const matched = removed + wouldRemove + kept + vanished + failed;
    return { matched, removed, wouldRemove, kept, vanished, failed, keptBy: { ...this.#keptBy } };
  }
}
