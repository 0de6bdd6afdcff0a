import { joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { isDirectory, lstatName, statHere } from '../linux/lstat.ts';
import { isPseudoFileSystem } from '../linux/mountinfo.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { hasNoSubdirectory } from './leaf.ts';
import type { Level } from './level.ts';
import { MountNews } from './mount-news.ts';

/** Where not to go. */
export interface Bounds {
  readonly crossDevice: boolean;
  readonly mounts: OwnMounts;
  /** Directories that are targets themselves, and are swept as such. */
  readonly isOtherTarget: (directory: Identity) => boolean;
  /** Whether a directory is read that has no subdirectory: something else is looked for, or a new one counts. */
  readonly readsLeaves: boolean;
}

const NOTHING: readonly SweepError[] = [];

/** Limit of subdirectories that are chosen at a time. From one to the next we need not stop in the directory above. */
const MOST_CHILDREN = 16;

/** The choice of subdirectories that are entered. */
export class Crossing {
  readonly #bounds: Bounds;
  readonly #news: MountNews;
  readonly #counts: { directories: number };

  /** @param counts counts the directories that need not be entered */
  constructor(bounds: Bounds, counts: { directories: number }) {
    this.#bounds = bounds;
    this.#counts = counts;
    this.#news = new MountNews(bounds.mounts);
  }

  /**
   * Takes up to {@link MOST_CHILDREN} of a directory's pending names, and adds those that are to be entered to its
   * children. We must stand in it. Returns what prevented it for others, if that is an error.
   */
  choose(level: Level): readonly SweepError[] {
    const errors: SweepError[] = [];
    for (let count = 0; count < MOST_CHILDREN && level.searchable; count += 1) {
      const name = level.pending.pop();
      if (name === undefined) break;
      errors.push(...this.#choose(name, level));
    }
    if (!level.searchable) level.pending.length = 0;
    return errors;
  }

  #choose(name: Bytes, level: Level): readonly SweepError[] {
    if (this.#isShut(level, name)) return NOTHING;
    let facts: Facts | null;
    try {
      facts = lstatName(name);
    } catch (error) {
      return this.#refused(name, level, errnoOf(error));
    }
    if (facts === null) return NOTHING;
    if (!isDirectory(facts)) {
      return level.listing.typed
        ? [{ path: joinPath(level.path, name), code: 'changed', syscall: 'lstat' }]
        : NOTHING;
    }
    const { dev, ino } = facts;
    if (!this.#mayCross(level, facts) || this.#bounds.isOtherTarget(facts)) return NOTHING;
    if (!this.#bounds.readsLeaves && hasNoSubdirectory(facts, this.#bounds.mounts))
      this.#counts.directories += 1;
    else level.children.push({ name, dev, ino });
    return NOTHING;
  }

  /**
   * Whether the name is a mount point that we do not enter. It is not even looked at: a user's FUSE or a dead
   * server may never answer.
   */
  #isShut(level: Level, name: Bytes): boolean {
    const mount = this.#bounds.mounts.shownAt(level, name);
    return mount !== undefined && !(this.#bounds.crossDevice && !isPseudoFileSystem(mount.fsType));
  }

  /** Another file system is entered only with `--cross-device`, a pseudo one never. */
  #mayCross(level: Level, facts: Facts): boolean {
    return facts.dev === level.dev || (this.#bounds.crossDevice && !this.#news.isPseudo(facts.dev));
  }

  /**
   * Errors for an errno of lstat(2). It is about one name, which may have become a mount point since the
   * start (EACCES: a FUSE file system of another user). EACCES is about the whole directory only if that
   * cannot be searched itself.
   */
  #refused(name: Bytes, level: Level, errno: { readonly code: string; readonly syscall: string }) {
    if (errno.code === 'EACCES' && !maySearchHere()) {
      level.searchable = false;
      return [{ path: level.path, ...errno }];
    }
    if (!this.#bounds.crossDevice && this.#news.hasNow(level, name)) return NOTHING;
    return [{ path: joinPath(level.path, name), ...errno }];
  }
}

/**
 * Whether we may search here. A lookup of `.` needs the same right as that of any other name
 * (path_resolution(7)).
 */
function maySearchHere(): boolean {
  try {
    statHere();
    return true;
  } catch (error) {
    return errnoOf(error).code !== 'EACCES';
  }
}
