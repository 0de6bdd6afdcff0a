import type { Run } from '../../criu/log/run.ts';
import type { Bytes, Item } from '../../model.ts';
import type { Mount } from '../../sweep/mountinfo.ts';
import {
  type Inspected,
  inspectItem,
  isLeft,
  lookAtMounts,
  MountLookup,
  pathOf,
  type StillMounted,
} from './leftovers.ts';
import type { RunIndex } from './run-index.ts';

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

/** All that was found. */
export interface Findings {
  /** The newest first. */
  readonly sections: readonly Section[];
  /** By the leftover's path. */
  readonly mounted: ReadonlyMap<Bytes, StillMounted>;
  /** What `--check` counts. */
  readonly left: number;
  readonly failedRuns: number;
}

/** Items of one group that are kept to be shown, unless all are to be. */
const MOST_SHOWN = 10;

/** Gathers what a dry run tells, by run and work dir. */
export class Inspection {
  readonly #runs: RunIndex;
  readonly #mounts: MountLookup;
  readonly #showAll: boolean;
  readonly #look: boolean;
  readonly #drafts = new Map<Bytes, DraftSection>();
  readonly #mounted: { readonly inspected: Inspected; readonly mounts: readonly Mount[] }[] = [];
  #left = 0;
  #findings: Findings | null = null;

  constructor(
    runs: RunIndex,
    mounts: readonly Mount[],
    { showAll, look }: { readonly showAll: boolean; readonly look: boolean },
  ) {
    this.#runs = runs;
    this.#mounts = new MountLookup(mounts);
    this.#showAll = showAll;
    this.#look = look;
    for (const run of runs.runs) this.#section(run.workDir).addRun(run);
  }

  /** Takes in an item of the dry run. */
  add(item: Item): void {
    const inspected = inspectItem(item, this.#runs);
    const { run } = inspected;
    const { parent } = item.candidate;
    const mounts = this.#look ? this.#mounts.of(item) : [];
    if (mounts.length > 0) this.#mounted.push({ inspected, mounts });
    else if (isLeft(inspected, null)) this.#left += 1;
    const most = this.#showAll || mounts.length > 0 ? Number.POSITIVE_INFINITY : MOST_SHOWN;
    this.#section(run?.workDir ?? parent.path).addItem(inspected, most);
  }

  /** What was found; looks, once, who uses the leftovers that are still mounted. */
  finish(): Findings {
    this.#findings ??= this.#gather();
    return this.#findings;
  }

  #gather(): Findings {
    const mounted = lookAtMounts(
      this.#mounted.map(({ inspected: { item }, mounts }) => ({ leftover: item.candidate, mounts })),
    );
    const left = this.#mounted.filter(({ inspected }) =>
      isLeft(inspected, mounted.get(pathOf(inspected.item)) ?? null),
    );
    return {
      sections: [...this.#drafts.values()]
        .map((draft) => draft.finish())
        .sort((a, b) => b.newestMs - a.newestMs),
      mounted,
      left: this.#left + left.length,
      failedRuns: this.#runs.runs.filter(({ outcome }) => outcome === 'failed' || outcome === 'cut-off')
        .length,
    };
  }

  #section(directory: Bytes): DraftSection {
    const known = this.#drafts.get(directory);
    if (known !== undefined) return known;
    const section = new DraftSection(directory);
    this.#drafts.set(directory, section);
    return section;
  }
}

class DraftSection {
  readonly #directory: Bytes;
  readonly #groups = new Map<Bytes | null, DraftGroup>();
  #newestMs = Number.NEGATIVE_INFINITY;

  constructor(directory: Bytes) {
    this.#directory = directory;
  }

  addRun(run: Run): void {
    this.#groups.set(run.log, { run, items: [], more: new Map() });
    this.#see(run.loggedAtMs);
  }

  addItem(inspected: Inspected, mostShown: number): void {
    const { item, run } = inspected;
    const { outcome } = item.result;
    const group: DraftGroup = this.#groups.get(run?.log ?? null) ?? { run, items: [], more: new Map() };
    this.#groups.set(run?.log ?? null, group);
    if (group.items.length < mostShown) group.items.push(inspected);
    else group.more.set(outcome, (group.more.get(outcome) ?? 0) + 1);
    if (item.facts !== null) this.#see(item.facts.mtimeMs);
  }

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
