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
import { DraftSection, type Section } from './section.ts';

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
