import type { Run } from '../criu/log/criu-run.ts';
import type { Bytes, Item } from '../model/model.ts';
import type { Inspected } from './leftovers.ts';

/** The leftovers of one run in a work dir, or those of no known run. */
export interface Group {
  readonly run: Run | null;
  readonly items: readonly Inspected[];
  /** Items that were counted and not kept, by outcome. */
  readonly more: ReadonlyMap<Item['result']['outcome'], number>;
}

/** A work dir with its runs and leftovers. */
export interface Section {
  readonly directory: Bytes;
  /** The newest first; what no run is known to have left comes last. */
  readonly groups: readonly Group[];
  /** The last sign of life in it, in milliseconds since 1970. */
  readonly newestMs: number;
}

/** A section that is being gathered. */
export class DraftSection {
  readonly #directory: Bytes;
  readonly #groups = new Map<Bytes | null, DraftGroup>();
  #newestMs = Number.NEGATIVE_INFINITY;

  constructor(directory: Bytes) {
    this.#directory = directory;
  }

  /** Takes in a run, before any of its leftovers. */
  addRun(run: Run): void {
    this.#groups.set(run.log, { run, items: [], more: new Map() });
    this.#see(run.loggedAtMs);
  }

  /** Takes in a leftover. @param mostShown how many of its group are kept to be shown; others are counted */
  addItem(inspected: Inspected, mostShown: number): void {
    const { item, run } = inspected;
    const { outcome } = item.result;
    const group: DraftGroup = this.#groups.get(run?.log ?? null) ?? { run, items: [], more: new Map() };
    this.#groups.set(run?.log ?? null, group);
    if (group.items.length < mostShown) group.items.push(inspected);
    else group.more.set(outcome, (group.more.get(outcome) ?? 0) + 1);
    if (item.facts !== null) this.#see(item.facts.mtimeMs);
  }

  /** The section as it is now. */
  finish(): Section {
    const orphans = this.#groups.get(null);
    const known = [...this.#groups.values()].filter((group) => group !== orphans);
    return {
      directory: this.#directory,
      groups: orphans === undefined ? known : [...known, orphans],
      newestMs: this.#newestMs,
    };
  }

  #see(time: number): void {
    this.#newestMs = Math.max(this.#newestMs, time);
  }
}

interface DraftGroup {
  readonly run: Run | null;
  readonly items: Inspected[];
  readonly more: Map<Item['result']['outcome'], number>;
}
