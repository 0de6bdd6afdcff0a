import { joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { isDirectory, lstatName, statHere } from '../linux/lstat.ts';
import { isPseudoFileSystem, type OwnMounts } from '../linux/mountinfo.ts';
import type { Bytes, Facts, Identity, SweepError } from '../model/model.ts';
import type { Descent } from './descent.ts';
import type { Level } from './level.ts';
import { MountNews } from './mount-news.ts';

/** Where not to go. */
export interface Bounds {
  readonly crossDevice: boolean;
  readonly mounts: OwnMounts;
  /** Directories that are targets themselves, and are swept as such. */
  readonly isOtherTarget: (directory: Identity) => boolean;
}

const NOTHING: readonly SweepError[] = [];

/** The step from a directory into one of its own, where that may be taken. */
export class Crossing {
  readonly #bounds: Bounds;
  readonly #news: MountNews;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
    this.#news = new MountNews(bounds.mounts);
  }

  /** Enters a subdirectory of the deepest level, or says what prevented it; silent where it is none of ours. */
  enter(name: Bytes, level: Level, descent: Descent): readonly SweepError[] {
    if (!level.searchable || this.#isShut(level, name)) return NOTHING;
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
    if (!this.#mayCross(level, facts) || this.#bounds.isOtherTarget(facts)) return NOTHING;
    return descent.enter(name, facts);
  }

  /** A mount point that is not entered is not even looked at: a user's FUSE or a dead server answers, or does not. */
  #isShut(level: Level, name: Bytes): boolean {
    const mount = this.#bounds.mounts.at(level, name);
    return mount !== undefined && !(this.#bounds.crossDevice && !isPseudoFileSystem(mount.fsType));
  }

  /** Another file system is entered only with `--cross-device`, a pseudo one never. */
  #mayCross(level: Level, facts: Facts): boolean {
    return facts.dev === level.dev || (this.#bounds.crossDevice && !this.#news.isPseudo(facts.dev));
  }

  /**
   * An errno of lstat(2) speaks for one name, which may have become a mount point since the start (EACCES: of a FUSE
   * file system that is another user's); EACCES for all of the directory only if that may not be searched itself.
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

/** To look up `.` asks for the same right as any other name does (path_resolution(7)). */
function maySearchHere(): boolean {
  try {
    statHere();
    return true;
  } catch (error) {
    return errnoOf(error).code !== 'EACCES';
  }
}
