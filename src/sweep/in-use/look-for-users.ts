import { bytes } from '../../linux/bytes.ts';
import { errnoOf } from '../../linux/errno.ts';
import type { OwnMounts } from '../../linux/own-mounts.ts';
import { isForeignPidNamespace } from '../../linux/proc.ts';
import { isFailure, type Seen } from '../../linux/seen.ts';
import type { Pause, SweepError } from '../../model/events.ts';
import type { Bytes, Candidate, Facts, Reason, Unseen } from '../../model/model.ts';
import { Locks, readLocks, TOO_MANY } from './locks.ts';
import { Survey, type SurveyScope } from './survey.ts';
import type { Users } from './users.ts';

/** Who looks, and for what. */
export interface LookScope extends SurveyScope {
  readonly mounts: OwnMounts;
}

/**
 * Looks around the host once: the mounts of every namespace, the directories that processes work in or have
 * open, living makers, locks. One look is enough for a whole sweep: a CRIU that starts later cannot begin to
 * use an old leftover, because mkdtemp(3) never returns a name that exists. The look may take a while, so it
 * pauses.
 */
export function* lookForUsers(scope: LookScope): Generator<Pause, Users, void> {
  const survey = new Survey(scope);
  const locks = new Locks(scope.mounts);
  const locked = yield* readLocks(locks);
  const ended = yield* run(survey);
  const foreign = ended === null && isForeignPidNamespace();
  const failed =
    (ended !== null && ended.code !== NO_PROC ? ended : survey.blind.failed) ?? unseenLocks(locked, survey);
  const blindness = blindnessOf(ended, foreign, survey);
  const failures = [
    ...survey.blind.failures,
    ...failureOf(locked, bytes`/proc/locks`),
    ...failureOf(ended, bytes`/proc`),
  ];
  return {
    report: {
      checked: ended === null,
      unreadableProcesses: survey.blind.unreadable,
      foreignPidNamespace: foreign,
    },
    blindness: failed === null ? (blindness?.why ?? null) : WHY_FAILED,
    failures,
    blindSpots: survey.blind.ofMounts,
    of(candidate, facts) {
      const uses = joined(survey.usesOf(candidate, facts), locksOf(candidate, facts, locks));
      if (uses.length > 0) return uses;
      if (failed !== null) return [unknown(failed)];
      return blindness !== null && candidate.kind.mountable ? [unknown(blindness.unseen)] : uses;
    },
  };
}

/** ENOENT of /proc/self: no /proc is mounted. */
const NO_PROC = 'ENOENT';

/** Runs a survey. Returns the errno that ended it, if /proc could not be listed. */
function* run(survey: Survey): Generator<Pause, Unseen | null, void> {
  try {
    yield* survey.run();
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}

/** The reason why there may be mounts that we did not see; `why` is half a sentence for people. */
interface Blindness {
  readonly unseen: Unseen;
  readonly why: string;
}

function blindnessOf(ended: Unseen | null, foreign: boolean, { blind }: Survey): Blindness | null {
  if (ended !== null) return { unseen: ended, why: 'there is no /proc to see processes and mounts by' };
  if (foreign) {
    const unseen = { code: 'foreign-pid-namespace', syscall: 'readlink' };
    return { unseen, why: 'this pid namespace does not show the processes of the host' };
  }
  const [first] = blind.ofMounts;
  if (first === undefined) return null;
  if (first.pid === undefined)
    return { unseen: first, why: 'the mounts of a namespace that no process is in could not be read' };
  const count = new Set(blind.ofMounts.map(({ pid }) => pid)).size;
  return {
    unseen: first,
    why: `the mounts of ${count === 1 ? 'a process' : `${count} processes`} could not be read`,
  };
}

/** The text to use instead if a call failed, so that every kind was kept. */
const WHY_FAILED = 'a look at processes, mounts or locks failed';

/**
 * The reason why locks were not seen. If there are too many, a lock on a directory is still not missed as
 * long as every process could be read: its holder has the directory open.
 */
function unseenLocks(locked: Seen<void>, { blind }: Survey): Unseen | null {
  if (locked.kind !== 'hidden' || (locked.code === TOO_MANY && blind.unreadable === 0)) return null;
  return { code: locked.code, syscall: locked.syscall };
}

function failureOf(seen: Seen<void> | Unseen | null, path: Bytes): readonly SweepError[] {
  if (seen === null || !('code' in seen) || seen.code === NO_PROC || !isFailure(seen)) return [];
  return [{ path, code: seen.code, syscall: seen.syscall }];
}

function unknown({ code, syscall, pid, command }: Unseen): Reason {
  const process = pid === undefined ? {} : { pid, ...(command === undefined ? {} : { command }) };
  return { why: 'unknown', code, syscall, ...process };
}

const NO_LOCKS: readonly Reason[] = [];

function locksOf(candidate: Candidate, facts: Facts, locks: Locks): readonly Reason[] {
  const pids = locks.of(facts, candidate);
  return pids.length === 0 ? NO_LOCKS : pids.map((pid) => ({ why: 'locked', pid }));
}

function joined(some: readonly Reason[], others: readonly Reason[]): readonly Reason[] {
  return others.length === 0 ? some : [...some, ...others];
}
