import { encode, joinPath, toText } from '../linux/bytes.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { Descent } from '../sweep/descent.ts';
import type { Level } from '../sweep/level.ts';
import type { NameMatcher } from '../sweep/names.ts';
import { mayReadOn, nextBatch } from '../sweep/scanner.ts';
import { leave, said, stayInMount } from '../sweep/standing.ts';
import { isClosedToWalks, isForbidden } from './forbidden.ts';
import type { GlobTask } from './glob.ts';
import { type Course, Courses } from './glob-course.ts';
import { type Enterable, factsOfDirectory } from './glob-facts.ts';
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

/** The work between two pauses, counted in entries that are read; to visit a name costs more. */
const PAUSE_AFTER = 1024;
const VISIT_COST = 8;
const PAUSE: Walked = { type: 'pause' };

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
  readonly #enterable: Enterable;
  readonly #root: Root;
  readonly #descent: Descent;
  readonly #courses: Courses;

  constructor(task: GlobTask, scope: WalkScope, root: Root) {
    this.#task = task;
    this.#scope = scope;
    this.#root = root;
    const others = scope.crossDevice || task.literal;
    this.#enterable = { mounts: scope.mounts, others };
    this.#descent = new Descent(root.path, !others);
    this.#courses = new Courses(task);
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
        const course = this.#courses.of(level);
        const name = mayReadOn(level, descent) ? undefined : level.pending.pop();
        if (name !== undefined) {
          work += VISIT_COST;
          yield* this.#visit(level, course, name);
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

  /** Reads on in a directory. @returns the amount of work, or the error */
  #read(level: Level, course: Course): number | SweepError {
    const batch = nextBatch(level);
    if ('code' in batch) return { path: level.path, ...batch };
    for (const entry of batch) {
      if (entry.isDirectory() && this.#task.wanted.step(course.wanted, toText(entry.name)).length > 0)
        level.pending.push(entry.name);
    }
    // The last name is visited first.
    if (level.listed) level.pending.sort().reverse();
    return 1 + batch.length;
  }

  *#visit(level: Level, course: Course, name: Bytes): Generator<Walked> {
    const { match, nested } = this.#scope;
    const text = toText(name);
    const wanted = this.#task.wanted.step(course.wanted, text);
    const unwanted = this.#task.unwanted.step(course.unwanted, text);
    const path = joinPath(level.path, name);
    if (wanted.length === 0 || isClosedToWalks(path) || this.#task.unwanted.accepts(unwanted)) return;
    const wasDirectory = course.reads && level.listing.typed;
    const facts = factsOfDirectory(level, name, wasDirectory, this.#enterable);
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
    if (deepest !== undefined && !this.#courses.has(deepest))
      this.#courses.begin(deepest, { wanted, unwanted });
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
