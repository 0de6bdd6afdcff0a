import { encode } from '../linux/bytes.ts';
import type { Identity } from '../model/model.ts';
import type { Level } from '../sweep/level.ts';
import type { GlobTask } from './glob.ts';
import type { Progress } from './glob-pattern.ts';
import { identityOf } from './glob-start.ts';

/** A directory on a walk: its progress in the patterns, and how its names are found. */
export interface Course {
  readonly wanted: Progress;
  readonly unwanted: Progress;
  /** The directory's identity, one object for all matches in it. */
  readonly identity: Identity;
  /** Whether the directory has to be read. If not, the patterns say the only names that can match. */
  readonly reads: boolean;
}

/** The courses of the directories that a walk stands in. */
export class Courses {
  readonly #task: GlobTask;
  readonly #known = new WeakMap<Level, Course>();

  constructor(task: GlobTask) {
    this.#task = task;
  }

  has(level: Level): boolean {
    return this.#known.has(level);
  }

  /** The course of a directory. The walk begins in the first one that is asked for. */
  of(level: Level): Course {
    const known = this.#known.get(level);
    if (known !== undefined) return known;
    const { base, wanted, unwanted } = this.#task;
    const names = base.split('/').filter((name) => name !== '');
    return this.begin(level, {
      wanted: wanted.start,
      unwanted: names.reduce((at, name) => unwanted.step(at, name), unwanted.start),
    });
  }

  /** Notes the progress of a directory that was entered. Lists its names, if the patterns say them. */
  begin(level: Level, at: Pick<Course, 'wanted' | 'unwanted'>): Course {
    const names = this.#task.wanted.onlyNames(at.wanted);
    const course = { ...at, identity: identityOf(level), reads: names === null };
    this.#known.set(level, course);
    if (names !== null) {
      level.pending.push(...names.map(encode).sort().reverse());
      level.listed = true;
    }
    return course;
  }
}
