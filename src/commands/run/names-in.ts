import { setImmediate as nextTick } from 'node:timers/promises';
import { listDirectory } from '../../linux/listing.ts';
import type { Bytes, Kind } from '../../model/model.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import { NameSet } from './name-set.ts';

/** The kinds to look for, and whether to stop. */
export interface ListScope {
  readonly kinds: readonly Kind[];
  readonly match: NameMatcher;
  /** Asked at every pause. */
  readonly stopped: () => boolean;
}

/** Entries read between two pauses in which signals are heard. */
const PAUSE_AFTER = 4096;

/**
 * The names in a directory that are of these kinds, and wanted. Throws the errno of opendir(3) or readdir(3),
 * and of what `wanted` does.
 *
 * @param path `.`, or `/proc/self/fd/N`: what is pinned
 * @param size its st_size in bytes
 */
export async function namesIn(
  path: Bytes,
  size: number,
  { kinds, match, stopped }: ListScope,
  wanted: (name: Bytes, kind: Kind) => boolean,
): Promise<NameSet> {
  const names = new NameSet(kinds);
  const listing = listDirectory(path, size);
  try {
    let entries = 0;
    for (let batch = listing.next(); batch !== null && !stopped(); batch = listing.next()) {
      for (const { name } of batch) {
        const kind = match(name);
        if (kind !== undefined && kinds.includes(kind) && wanted(name, kind)) names.add(name, kind);
      }
      entries += batch.length;
      if (entries < PAUSE_AFTER) continue;
      entries = 0;
      await nextTick();
    }
    return names;
  } finally {
    listing.close();
  }
}
