import { OWN_MOUNTINFO } from '../linux/own-mounts.ts';
import type {
  CommandEnd,
  Interruption,
  InUseReport,
  Pause,
  SweepError,
  SweepEvent,
} from '../model/events.ts';
import { exitCode } from '../model/exit-code.ts';
import type { ScanScope } from './scanner.ts';
import { Settler, type Settling } from './settler.ts';
import { Stop } from './stop.ts';
import { Tally } from './tally.ts';
import { scanTarget, type Target } from './targets.ts';

/** The input of a sweep. */
export interface SweepRequest extends Settling {
  /** Of `run`: the command that ran before. */
  readonly command?: CommandEnd;
  readonly targets: readonly Target[];
  /** Directories that could not be read while the targets were resolved. */
  readonly errors: readonly SweepError[];
  readonly scope: ScanScope;
  /** With a dry run: something to remove is exit status 1. */
  readonly check: boolean;
  readonly host: string;
  /** The effective user. */
  readonly uid: number;
  /** Milliseconds since the start, by a clock that is never set back. */
  readonly elapsedMs: () => number;
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
