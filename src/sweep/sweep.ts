import { errnoOf } from '../linux/errno.ts';
import { lstatName } from '../linux/lstat.ts';
import { OWN_MOUNTINFO } from '../linux/mountinfo.ts';
import type {
  CommandEnd,
  Interruption,
  InUseReport,
  Pause,
  SweepError,
  SweepEvent,
} from '../model/events.ts';
import { exitCode } from '../model/exit-code.ts';
import type { Candidate, Item, Policy, Reason } from '../model/model.ts';
import { seemsEmpty } from './emptiness.ts';
import { judge } from './filter.ts';
import type { Users } from './in-use/users.ts';
import { NOT_EMPTY, remove, wouldRemove } from './reaper.ts';
import type { ScanScope } from './scanner.ts';
import { Stop } from './stop.ts';
import { Tally } from './tally.ts';
import { scanTarget, type Target } from './targets.ts';

/** The input of a sweep. */
export interface SweepRequest {
  readonly policy: Policy;
  /** Of `run`: the command that ran before. */
  readonly command?: CommandEnd;
  readonly targets: readonly Target[];
  /** Directories that could not be read while the targets were resolved. */
  readonly errors: readonly SweepError[];
  readonly scope: ScanScope;
  readonly dryRun: boolean;
  /** With a dry run: something to remove is exit status 1. */
  readonly check: boolean;
  readonly host: string;
  /** The effective user. */
  readonly uid: number;
  /** `now` for every age, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds since then, by a clock that is never set back. */
  readonly elapsedMs: () => number;
  /**
   * Finds out who uses directories. Called once, at the first candidate that has passed everything else;
   * `null`: nobody looks.
   */
  readonly lookForUsers: (() => Generator<Pause, Users, void>) | null;
  /** Removals after which the sweep stops before the next; `null`: as many as there are. */
  readonly maxRemovals: number | null;
  /** Asked before every removal: the reason to stop, or `null`. */
  readonly interrupted: () => Interruption | null;
}

const NOT_LOOKED: InUseReport = { checked: true, unreadableProcesses: 0, foreignPidNamespace: false };

/**
 * The sweep: scanner → filter → who uses it → reaper, one candidate at a time, as one stream of events. A dry
 * run differs only in the last call. It is synchronous, because that makes a million system calls several
 * times faster. The caller waits a tick at each pause, to hear signals.
 */
export function* sweep(request: SweepRequest): Generator<SweepEvent | Pause, void, void> {
  const { host, uid, dryRun, check, policy, command, startedAt } = request;
  const ran = command === undefined ? {} : { command };
  yield { type: 'start', start: { host, uid, startedAt, dryRun, policy, ...ran } };

  const tally = new Tally();
  const stop = new Stop(request.interrupted, request.maxRemovals);
  const settler = new Settler(request, stop);
  let incomplete = request.errors.length;
  for (const error of request.errors) yield { type: 'error', error };
  for (const target of withMountsSeen(request)) {
    yield { type: 'pause' };
    for (const found of scanTarget(target, request.scope, stop)) {
      if (found.type === 'candidate') {
        const item = settler.settle(found.candidate) ?? (yield* settler.lookAndSettle(found.candidate));
        if (item === null) continue;
        tally.add(item);
        yield { type: 'item', item };
        continue;
      }
      if (found.type === 'error') incomplete += 1;
      yield found;
    }
  }
  for (const error of settler.users?.failures ?? []) {
    incomplete += 1;
    yield { type: 'error', error };
  }

  const counts = tally.counts();
  const toRemove = check ? counts.wouldRemove : 0;
  const durationMs = Math.round(request.elapsedMs());
  const interrupted = stop.reason;
  yield {
    type: 'summary',
    summary: {
      counts,
      inUse: settler.users?.report ?? { ...NOT_LOOKED, checked: request.lookForUsers !== null },
      blindness: settler.users?.blindness ?? null,
      interrupted,
      incomplete,
      finishedAt: startedAt + durationMs,
      durationMs,
      exitCode: exitCode({ interrupted, failures: incomplete + counts.failed, toRemove }),
    },
  };
}

/** The targets. None of them can be swept if the mounts in them are not known. */
function withMountsSeen({ targets, scope }: SweepRequest): readonly Target[] {
  const { failure } = scope.mounts;
  if (failure === null) return targets;
  return targets.map(({ path }, at) => ({
    kind: 'none',
    path,
    status: 'unreadable',
    error: at === 0 ? { path: OWN_MOUNTINFO, ...failure } : null,
  }));
}

/** Takes each candidate through filter, users and reaper. */
class Settler {
  readonly #request: SweepRequest;
  readonly #stop: Stop;
  #users: Users | null = null;

  constructor(request: SweepRequest, stop: Stop) {
    this.#request = request;
    this.#stop = stop;
  }

  /** The users of directories; `null`: not looked at yet. */
  get users(): Users | null {
    return this.#users;
  }

  /** Settles a candidate of the directory we stand in; `null`: first find out who uses it, or stop. */
  settle(candidate: Candidate): Item | null {
    try {
      return this.#judge(candidate);
    } catch (error) {
      const { mountedAt } = candidate;
      const errno = errnoOf(error);
      const reason: Reason =
        mountedAt === null ? { why: 'unknown', ...errno } : { why: 'mounted', where: mountedAt };
      return { candidate, facts: null, ageMs: null, result: { outcome: 'kept', reasons: [reason] } };
    }
  }

  /** Finds out who uses directories, then settles the candidate; `null`: the sweep is to stop before it. */
  *lookAndSettle(candidate: Candidate): Generator<Pause, Item | null, void> {
    const { lookForUsers } = this.#request;
    if (this.#users === null && lookForUsers !== null) {
      const look = lookForUsers();
      for (let step = look.next(); ; step = look.next()) {
        if (step.done === true) {
          this.#users = step.value;
          break;
        }
        yield step.value;
        if (this.#stop.asked() !== null) break;
      }
    }
    // Signals and the end of the time came in the look's pauses.
    if (this.#stop.asked() === null && this.#stop.mayRemove()) return this.settle(candidate);
    this.#stop.refuse();
    return null;
  }

  #judge(candidate: Candidate): Item | null {
    const { policy, dryRun, lookForUsers, startedAt, scope } = this.#request;
    const { mounts } = scope;
    const facts = lstatName(candidate.name);
    if (facts === null) return { candidate, facts, ageMs: null, result: { outcome: 'vanished' } };
    const { reasons, ageMs } = judge(candidate, facts, policy, startedAt);
    if (reasons.length > 0) return { candidate, facts, ageMs, result: { outcome: 'kept', reasons } };
    if (lookForUsers !== null && this.#users === null) {
      return seemsEmpty(candidate.name, facts, mounts)
        ? null
        : { candidate, facts, ageMs, result: NOT_EMPTY };
    }
    const uses = this.#users?.of(candidate, facts) ?? [];
    if (uses.length > 0) return { candidate, facts, ageMs, result: { outcome: 'kept', reasons: uses } };
    if (!this.#stop.mayRemove()) return null;
    const result = dryRun ? wouldRemove(candidate, facts, mounts) : remove(candidate, facts, mounts);
    if (result.outcome === 'removed' || result.outcome === 'would-remove') this.#stop.countRemoval();
    return { candidate, facts, ageMs, result };
  }
}
