import { accessSync, constants } from 'node:fs';
import { encode, joinPath, toText } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { isDirectory, lstatName } from '../linux/lstat.ts';
import { isPseudoFileSystem, type OwnMounts } from '../linux/mountinfo.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { Descent } from '../sweep/descent.ts';
import type { Level } from '../sweep/level.ts';
import type { NameMatcher } from '../sweep/names.ts';
import { mayReadOn, nextBatch } from '../sweep/scanner.ts';
import { leave, said, stayInMount } from '../sweep/standing.ts';
import { isClosedToWalks, isForbidden } from './forbidden.ts';
import type { GlobTask } from './glob.ts';
import type { Progress } from './glob-pattern.ts';
import { type GlobStart, identityOf, type Root } from './glob-start.ts';

/** The limits of where a glob may go. */
export interface WalkScope {
  readonly match: NameMatcher;
  readonly mounts: OwnMounts;
  readonly crossDevice: boolean;
  /** Whether matches below a match are wanted separately. If not, the match stands for all below it. */
  readonly nested: boolean;
}

/** A directory that matched: a name, the directory that the walk found it in, and its lstat there. */
export interface GlobMatch {
  /** The path below the base, as the base was written. */
  readonly path: Bytes;
  /** Absolute, no links in it. */
  readonly parent: Bytes;
  readonly parentIdentity: Identity;
  readonly name: Bytes;
  readonly identity: Identity;
}

/** An event of a walk. A `pause` is a moment to hear signals. */
export type Walked =
  | { readonly type: 'match'; readonly match: GlobMatch }
  | { readonly type: 'error'; readonly error: SweepError }
  | { readonly type: 'pause' };

/** The work between two pauses, counted in entries. */
const PAUSE_AFTER = 1024;
const LOOK_COST = 8;
const PAUSE: Walked = { type: 'pause' };

/** A directory on the walk, and its progress in the patterns. */
interface Course {
  readonly wanted: Progress;
  readonly unwanted: Progress;
  /** The directory's identity, one object for all matches in it. */
  readonly identity: Identity;
  /** Whether it has to be read; if not, the names to look at are known. */
  readonly reads: boolean;
}

/**
 * Walks the directories that may match one part of a glob, without recursion: from its base one name at a
 * time, each directory pinned as a scan pins it. Does not enter candidates, kernel file systems and, unless
 * allowed, other mounts.
 */
export function* walkGlob({ task, root }: GlobStart, scope: WalkScope): Generator<Walked> {
  if (root === null) return;
  if ('code' in root) yield { type: 'error', error: root };
  else yield* new Walk(task, scope, root).run();
}

class Walk {
  readonly #task: GlobTask;
  readonly #scope: WalkScope;
  readonly #root: Root;
  readonly #descent: Descent;
  readonly #courses = new WeakMap<Level, Course>();

  constructor(task: GlobTask, scope: WalkScope, root: Root) {
    this.#task = task;
    this.#scope = scope;
    this.#root = root;
    this.#descent = new Descent(root.path, !(scope.crossDevice || task.literal));
  }

  *run(): Generator<Walked> {
    const descent = this.#descent;
    let work = 0;
    try {
      for (const error of descent.enterRoot(this.#root.identity)) yield { type: 'error', error };
      for (let level = descent.deepest; level !== undefined; level = descent.deepest) {
        if (work >= PAUSE_AFTER) {
          work = 0;
          yield PAUSE;
          yield* stayInMount(level, descent);
        }
        const course = this.#courseOf(level);
        const name = mayReadOn(level, descent) ? undefined : level.pending.pop();
        if (name !== undefined) {
          work += LOOK_COST;
          yield* this.#look(level, course, name);
        } else if (level.listed) {
          for (const error of leave(level, descent)) yield { type: 'error', error };
        } else {
          const read = this.#read(level, course);
          if (typeof read === 'number') work += read;
          else yield* said([read], level, descent);
        }
      }
    } finally {
      descent.close();
    }
  }

  /** The course of the directory that the walk stands in. The root's course is made at the first call. */
  #courseOf(level: Level): Course {
    const known = this.#courses.get(level);
    if (known !== undefined) return known;
    const { base, wanted, unwanted } = this.#task;
    const names = base.split('/').filter((name) => name !== '');
    return this.#begin(level, {
      wanted: wanted.start,
      unwanted: names.reduce((at, name) => unwanted.step(at, name), unwanted.start),
    });
  }

  #begin(level: Level, at: Pick<Course, 'wanted' | 'unwanted'>): Course {
    const names = this.#task.wanted.onlyNames(at.wanted);
    const course = { ...at, identity: identityOf(level), reads: names === null };
    this.#courses.set(level, course);
    if (names !== null) {
      level.pending.push(...names.map(encode).sort().reverse());
      level.listed = true;
    }
    return course;
  }

  /** Reads on in a directory. @returns the amount of work, or the error */
  #read(level: Level, course: Course): number | SweepError {
    const batch = nextBatch(level);
    if ('code' in batch) return { path: level.path, ...batch };
    for (const entry of batch) {
      if (entry.isDirectory() && this.#task.wanted.step(course.wanted, toText(entry.name)).length > 0)
        level.pending.push(entry.name);
    }
    // The last name is looked at first.
    if (level.listed) level.pending.sort().reverse();
    return 1 + batch.length;
  }

  *#look(level: Level, course: Course, name: Bytes): Generator<Walked> {
    const { match, nested } = this.#scope;
    const text = toText(name);
    const wanted = this.#task.wanted.step(course.wanted, text);
    const unwanted = this.#task.unwanted.step(course.unwanted, text);
    const path = joinPath(level.path, name);
    if (wanted.length === 0 || isClosedToWalks(path) || this.#task.unwanted.accepts(unwanted)) return;
    const facts = this.#lstat(level, course, name);
    if (facts === null) return;
    if ('code' in facts) {
      yield* said([facts], level, this.#descent);
      return;
    }
    const matched = this.#task.wanted.accepts(wanted) && !isForbidden(path);
    if (matched && !level.inOurMount && !(yield* stayInMount(level, this.#descent))) return;
    if (matched) yield { type: 'match', match: this.#matchOf(level, course, name, facts) };
    if (match(name) !== undefined || !this.#task.wanted.leadsOn(wanted) || (matched && !nested)) return;
    yield* said(this.#descent.enter(name, facts), level, this.#descent);
    const deepest = this.#descent.deepest;
    if (deepest !== undefined && this.#courses.get(deepest) === undefined)
      this.#begin(deepest, { wanted, unwanted });
  }

  /**
   * The lstat of a name, if the walk may go there. A mount point that it may not enter is not even looked at.
   */
  #lstat(level: Level, course: Course, name: Bytes): Facts | SweepError | null {
    if (!level.searchable) return null;
    const mount = this.#scope.mounts.at(level, name);
    if (mount !== undefined && !this.#mayCross(mount.fsType)) return null;
    try {
      const facts = lstatName(name);
      if (facts === null) return null;
      if (!isDirectory(facts)) {
        const wasDirectory = course.reads && level.listing.typed;
        return wasDirectory ? { path: joinPath(level.path, name), code: 'changed', syscall: 'lstat' } : null;
      }
      return facts.dev === level.dev || this.#mayCross(mount?.fsType) ? facts : null;
    } catch (error) {
      const errno = errnoOf(error);
      level.searchable = isSearchable();
      return { path: level.searchable ? joinPath(level.path, name) : level.path, ...errno };
    }
  }

  #mayCross(fsType: string | undefined): boolean {
    if (fsType !== undefined && isPseudoFileSystem(fsType)) return false;
    return this.#task.literal || this.#scope.crossDevice;
  }

  #matchOf(level: Level, course: Course, name: Bytes, facts: Facts): GlobMatch {
    const below = joinPath(level.path, name).slice(this.#root.path === '/' ? 1 : this.#root.path.length + 1);
    const base = encode(this.#task.base);
    return {
      path: base === '' ? below : joinPath(base, below),
      parent: level.path,
      parentIdentity: course.identity,
      name,
      identity: identityOf(facts),
    };
  }
}

/** Whether names can be looked up where we stand. Only EACCES means that none can. */
function isSearchable(): boolean {
  try {
    accessSync('.', constants.X_OK);
    return true;
  } catch (error) {
    return errnoOf(error).code !== 'EACCES';
  }
}
