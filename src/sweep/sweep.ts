import { errnoOf } from '../errno.ts';
import { exitCode } from '../exit-code.ts';
import type {
  Candidate,
  CommandEnd,
  Interruption,
  InUseReport,
  Item,
  Policy,
  SweepError,
  SweepEvent,
} from '../model.ts';
import { seemsEmpty } from './emptiness.ts';
import { judge } from './filter.ts';
import type { Users } from './in-use/users.ts';
import { lstatName } from './lstat.ts';
import { NOT_EMPTY, remove, wouldRemove } from './reaper.ts';
import type { ScanScope } from './scanner.ts';
import { Tally } from './tally.ts';
import { scanTarget, type Target } from './targets.ts';

/** All that a sweep is told. */
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
  /** Looks who uses directories, once, at the first candidate that has passed all else; `null`: nobody looks. */
  readonly lookForUsers: (() => Users) | null;
  /** Asked before every removal: whether to stop, and for what. */
  readonly interrupted: () => Interruption | null;
}

/** A moment to hear signals and to wait for slow readers. */
export interface Pause {
  readonly type: 'pause';
}

const NOT_LOOKED: InUseReport = { checked: true, unreadableProcesses: 0, foreignPidNamespace: false };

/**
 * The sweep: scanner → filter → who uses it → reaper, one candidate at a time, as one stream of events. A dry run is
 * the same but for the last call. It is synchronous, since a million system calls are several times faster so;
 * whoever draws the events waits a tick at each pause, to hear signals.
 */
export function* sweep(request: SweepRequest): Generator<SweepEvent | Pause, void, void> {
  const { host, uid, dryRun, check, policy, command, interrupted, startedAt } = request;
  const ran = command === undefined ? {} : { command };
  yield { type: 'start', start: { host, uid, startedAt, dryRun, policy, ...ran } };

  const tally = new Tally();
  const settle = settler(request, startedAt);
  let stopped: Interruption | null = null;
  let incomplete = request.errors.length;
  for (const error of request.errors) yield { type: 'error', error };
  for (const target of request.targets) {
    yield { type: 'pause' };
    for (const found of scanTarget(target, request.scope, interrupted)) {
      if (found.type === 'candidate') {
        const item = settle.item(found.candidate);
        tally.add(item);
        yield { type: 'item', item };
        continue;
      }
      if (found.type === 'error') incomplete += 1;
      if (found.type === 'target' && found.target.status === 'interrupted') stopped ??= interrupted();
      yield found;
    }
  }

  const counts = tally.counts();
  const toRemove = check ? counts.wouldRemove : 0;
  const durationMs = Math.round(request.elapsedMs());
  yield {
    type: 'summary',
    summary: {
      counts,
      inUse: settle.users()?.report ?? { ...NOT_LOOKED, checked: request.lookForUsers !== null },
      blindness: settle.users()?.blindness ?? null,
      interrupted: stopped,
      incomplete,
      finishedAt: startedAt + durationMs,
      durationMs,
      exitCode: exitCode({ interrupted: stopped, failures: incomplete + counts.failed, toRemove }),
    },
  };
}

/** Takes one candidate after the other through filter, users and reaper. */
function settler(request: SweepRequest, now: number) {
  const { policy, dryRun, lookForUsers } = request;
  const { mounts } = request.scope;
  const end = dryRun ? wouldRemove : remove;
  let users: Users | null = null;

  function settle(candidate: Candidate): Item {
    const facts = lstatName(candidate.name);
    if (facts === null) return { candidate, facts, ageMs: null, result: { outcome: 'vanished' } };
    const { reasons, ageMs } = judge(candidate, facts, policy, now);
    if (reasons.length > 0) return { candidate, facts, ageMs, result: { outcome: 'kept', reasons } };
    if (lookForUsers !== null && users === null) {
      if (!seemsEmpty(candidate.name, facts, mounts)) return { candidate, facts, ageMs, result: NOT_EMPTY };
      users = lookForUsers();
      return settle(candidate);
    }
    const uses = users?.of(candidate, facts) ?? [];
    if (uses.length > 0) return { candidate, facts, ageMs, result: { outcome: 'kept', reasons: uses } };
    return { candidate, facts, ageMs, result: end(candidate, facts, mounts) };
  }

  return {
    users: () => users,
    item(candidate: Candidate): Item {
      try {
        return settle(candidate);
      } catch (error) {
        const reason = { why: 'unknown', ...errnoOf(error) } as const;
        return { candidate, facts: null, ageMs: null, result: { outcome: 'kept', reasons: [reason] } };
      }
    },
  };
}
