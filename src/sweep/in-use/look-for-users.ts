import { type Errno, errnoOf } from '../../errno.ts';
import type { Candidate, Facts, Kind, Reason } from '../../model.ts';
import type { OwnMounts } from '../mountinfo.ts';
import type { NameMatcher } from '../names.ts';
import { type Locks, readLocks } from './locks.ts';
import { MountedNames } from './mounted-names.ts';
import { isForeignPidNamespace } from './proc.ts';
import { Survey } from './survey.ts';
import type { Users } from './users.ts';

/** Who is looking, and for what. */
export interface LookScope {
  readonly kinds: readonly Kind[];
  readonly match: NameMatcher;
  readonly mounts: OwnMounts;
  /** The effective user. */
  readonly uid: number;
}

/**
 * Looks around the host once: the mounts of every namespace, the directories that processes work in or have open,
 * living CRIUs, locks. A leftover that is old cannot come into use by a CRIU that starts later, since mkdtemp(3) hands
 * out no name that exists; so one look is enough for a whole sweep.
 */
export function lookForUsers({ kinds, match, mounts, uid }: LookScope): Users {
  const survey = new Survey(uid, new MountedNames(kinds, match));
  const locks = readLocks(mounts);
  const nothing = run(survey);
  const foreign = nothing === null && isForeignPidNamespace();
  const blindness = nothing ?? blindnessOf(survey, foreign);
  return {
    report: {
      checked: nothing === null,
      unreadableProcesses: survey.unreadable,
      foreignPidNamespace: foreign,
    },
    blindness: blindness?.why ?? null,
    of(candidate, facts) {
      const uses = joined(survey.usesOf(candidate, facts), locksOf(candidate, facts, locks));
      if (uses.length > 0 || blindness === null || !candidate.kind.mountable) return uses;
      return [{ why: 'unknown', code: blindness.code, syscall: blindness.syscall }];
    },
  };
}

/** Why a look was not complete: `why` for people, as half a sentence. */
interface Blindness extends Errno {
  readonly why: string;
}

function run(survey: Survey): Blindness | null {
  try {
    survey.run();
    return null;
  } catch (error) {
    return { ...errnoOf(error), why: 'there is no /proc to see processes and mounts by' };
  }
}

function blindnessOf({ unreadable, refusal }: Survey, foreign: boolean): Blindness | null {
  if (foreign) {
    const why = 'this pid namespace does not show the processes of the host';
    return { code: 'foreign-pid-namespace', syscall: 'readlink', why };
  }
  return refusal === null
    ? null
    : { ...refusal, why: `${unreadable === 1 ? 'a process' : `${unreadable} processes`} could not be read` };
}

const NO_LOCKS: readonly Reason[] = [];

function locksOf(candidate: Candidate, facts: Facts, locks: Locks): readonly Reason[] {
  const pids = locks.of(facts, candidate);
  return pids.length === 0 ? NO_LOCKS : pids.map((pid) => ({ why: 'locked', pid }));
}

function joined(some: readonly Reason[], others: readonly Reason[]): readonly Reason[] {
  return others.length === 0 ? some : [...some, ...others];
}
