import type { Errno } from '../linux/errno.ts';
import { type Listing, listHere } from '../linux/listing.ts';
import type { Bytes, Facts, Identity, Place } from '../model/model.ts';

/** A subdirectory that is to be entered, by what lstat(2) of its name said while we stood in the directory above. */
export interface Child extends Identity {
  readonly name: Bytes;
}

/**
 * A directory on the way down, with the entries still to be read and the subdirectories still to be entered.
 */
export interface Level extends Place {
  /** Its own name in the level above; empty for a target's root. */
  readonly name: Bytes;
  readonly listing: Listing;
  /** Names of subdirectories, not looked at yet. */
  readonly pending: Bytes[];
  /** A few of them that are to be entered, the next first. */
  readonly children: Child[];
  /** Its first entries have been read. */
  opened: boolean;
  /** All its entries have been read. */
  listed: boolean;
  /** False once we know that nothing can be looked up in it. */
  searchable: boolean;
  /** It is known to lie in the target's mount, and we have not left it since. */
  inOurMount: boolean;
  /** The ENOENT of reading it, as for a directory that was removed while we stood in it. */
  missing: Errno | null;
}

/** The directory we have just stepped into. @param here a stat of it */
export function newLevel(path: Bytes, name: Bytes, { dev, ino, size }: Facts): Level {
  return {
    path,
    name,
    dev,
    ino,
    listing: listHere(size),
    pending: [],
    children: [],
    opened: false,
    listed: false,
    searchable: true,
    inOurMount: false,
    missing: null,
  };
}

/** Takes the chosen children for pending names again: what lstat(2) said of them is no longer fresh. */
export function forgetChildren({ pending, children }: Level): void {
  for (const { name } of children.splice(0)) pending.push(name);
}

/** Gives up all that has not been looked at yet. */
export function abandon(level: Level): void {
  level.listing.close();
  level.listed = true;
  level.pending.length = 0;
  level.children.length = 0;
}
