import type { Mount } from '../linux/mountinfo.ts';
import type { Bytes, Item } from '../model/model.ts';
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
  /** The sections, newest first. */
  readonly sections: readonly Section[];
  /** The leftovers that are still mounted, by path. */
  readonly mounted: ReadonlyMap<Bytes, StillMounted>;
  /** The number of leftovers in directories beyond those that are shown. */
  readonly elsewhere: number;
  /** The number of leftovers for `--check`. */
  readonly left: number;
  readonly failedRuns: number;
}

/** Limits of items kept for one group: those shown by default, and as many as a person will read. */
const MOST_SHOWN = 10;
const MOST_SHOWN_OF_ALL = 10_000;
/**
 * Limit of work dirs that are told apart; leftovers in further ones are only counted. Those of runs have a
 * limit of their own.
 */
const MOST_SECTIONS = 20_000;

/** Collects the items of a dry run by run and work dir. */
export class Inspection {
  readonly #runs: RunIndex;
  readonly #mounts: MountLookup;
  readonly #showAll: boolean;
  readonly #look: boolean;
  readonly #drafts = new Map<Bytes, DraftSection>();
  readonly #mounted: { readonly inspected: Inspected; readonly mounts: readonly Mount[] }[] = [];
  #left = 0;
  #elsewhere = 0;
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

  /** Adds an item of the dry run. */
  add(item: Item): void {
    const inspected = inspectItem(item, this.#runs);
    const { run } = inspected;
    const { parent } = item.candidate;
    const mounts = this.#look ? this.#mounts.of(item) : [];
    if (mounts.length > 0) this.#mounted.push({ inspected, mounts });
    else if (isLeft(inspected, null)) this.#left += 1;
    const directory = run?.workDir ?? parent.path;
    if (!this.#drafts.has(directory) && this.#drafts.size >= MOST_SECTIONS) {
      this.#elsewhere += 1;
      return;
    }
    const many = this.#showAll ? MOST_SHOWN_OF_ALL : MOST_SHOWN;
    this.#section(directory).addItem(inspected, mounts.length > 0 ? Number.POSITIVE_INFINITY : many);
  }

  /** The findings. Finds out, once, who uses the leftovers that are still mounted. */
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
      elsewhere: this.#elsewhere,
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
