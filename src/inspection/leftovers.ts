import type { Run } from '../criu/log/criu-run.ts';
import { joinPath } from '../linux/bytes.ts';
import type { Mount } from '../linux/mountinfo.ts';
import type { Bytes, Item } from '../model/model.ts';
import type { User } from '../sweep/in-use/users.ts';
import { lookForMountUsers, type MountedLeftover } from './mount-users.ts';
import type { RunIndex } from './run-index.ts';
import { unmountOrder } from './unmount.ts';

/** The outcome of a dry run for a directory, and the run that left it. */
export interface Inspected {
  readonly item: Item;
  readonly run: Run | null;
}

/** A leftover that is still mounted in our namespace, or has something mounted in it. */
export interface StillMounted {
  /** In the order in which they can be unmounted. */
  readonly mounts: readonly Mount[];
  /** A living process that uses it; `null`: none that we can see. */
  readonly user: User | null;
  /** There may be processes that we cannot see. */
  readonly blind: boolean;
}

/** An item's path. */
export function pathOf({ candidate }: Item): Bytes {
  return joinPath(candidate.parent.path, candidate.name);
}

/** An item with the run that left it. */
export function inspectItem(item: Item, runs: RunIndex): Inspected {
  const { candidate, facts } = item;
  if (facts === null) return { item, run: null };
  return {
    item,
    run: runs.of(
      { name: candidate.name, parent: candidate.parent.path, mtimeMs: facts.mtimeMs },
      candidate.parent,
    ),
  };
}

/** The mounts of our namespace on a directory or below it; none for nearly all directories. */
export class MountLookup {
  readonly #mounts: readonly Mount[];
  /** The components of all mount points. A name that is none of them has no mount on it or below it. */
  readonly #components: ReadonlySet<Bytes>;

  constructor(mounts: readonly Mount[]) {
    this.#mounts = mounts;
    this.#components = new Set(mounts.flatMap(({ mountPoint }) => mountPoint.split('/')));
  }

  /** The mounts, in the order in which they can be unmounted. */
  of(item: Item): readonly Mount[] {
    return this.#components.has(item.candidate.name) ? unmountOrder(this.#mounts, pathOf(item)) : [];
  }
}

/** Finds out, once, who uses the mounts on these leftovers; by the leftover's path. */
export function lookAtMounts(
  mounted: readonly { readonly leftover: MountedLeftover; readonly mounts: readonly Mount[] }[],
): ReadonlyMap<Bytes, StillMounted> {
  if (mounted.length === 0) return new Map();
  const users = lookForMountUsers(new Set(mounted.map(({ leftover }) => leftover.name)));
  return new Map(
    mounted.map(({ leftover, mounts }) => [
      joinPath(leftover.parent.path, leftover.name),
      { mounts, user: users.of(leftover), blind: users.blind },
    ]),
  );
}

/**
 * Whether `--check` counts a directory as left. A used or locked one is not left yet. One with another owner
 * or mode, an excluded one, and something that is no directory is not CRIU's, or not meant. One that is too
 * young is left if its run has ended. One that is mounted in our namespace shows the mount's owner, mode and
 * times, and is left once nobody uses it.
 */
export function isLeft({ item, run }: Inspected, mounted: StillMounted | null): boolean {
  switch (item.result.outcome) {
    case 'would-remove':
    case 'removed':
    case 'failed':
      return true;
    case 'vanished':
      return false;
    case 'kept': {
      const whys = new Set(item.result.reasons.map(({ why }) => why));
      if (whys.has('excluded') || whys.has('in-use') || whys.has('locked')) return false;
      if (mounted !== null) return mounted.user === null;
      if (whys.has('mounted') || whys.has('not-a-directory') || whys.has('owner') || whys.has('mode'))
        return false;
      if (whys.has('too-young') || whys.has('future')) return run !== null && run.outcome !== 'running';
      return true;
    }
  }
}
