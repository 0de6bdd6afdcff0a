import { CATALOGUE } from '../../criu/catalogue.ts';
import type { Caller, KnownTarget } from '../../criu/known-targets.ts';
import { KNOWN_WORK_DIRS, type WorkDirBounds } from '../../criu/work-dirs.ts';
import { readOwnMounts } from '../../linux/own-mounts.ts';
import type { SweepError } from '../../model/events.ts';
import { lookingAround, placeName, resolvePlaces } from '../../request/known.ts';
import { nameMatcher } from '../../sweep/names.ts';

/** A directory of `--known`, or a glob of them. */
export interface KnownDirectory {
  readonly callers: readonly string[];
  readonly path: string;
  readonly bounds: WorkDirBounds;
  /** Its meaning; `null`: it is this host's or this user's own, and stands in no table. */
  readonly source: string | null;
  /** The number of directories here that it means, and that are open to us. */
  readonly found: number;
}

/** All that `--known` knows, and which of it exists here. */
export interface KnownDirectories {
  readonly directories: readonly KnownDirectory[];
  /** Configuration and directories that could not be read. */
  readonly errors: readonly SweepError[];
}

/** Looks which of the known places exist here. */
export async function findKnownDirectories(caller: Caller): Promise<KnownDirectories> {
  const { places, errors } = await resolvePlaces(
    caller,
    lookingAround(nameMatcher(CATALOGUE), readOwnMounts()),
  );
  return {
    directories: places.map(({ place, targets }) => ({ ...describe(place), found: targets.length })),
    errors,
  };
}

function describe(place: KnownTarget): Omit<KnownDirectory, 'found'> {
  const path = placeName(place);
  const row = KNOWN_WORK_DIRS.find(({ target }) => target === path);
  return { callers: place.callers, path, bounds: place.bounds, source: row?.source ?? null };
}
