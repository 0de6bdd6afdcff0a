import { hostname } from 'node:os';
import { CRIU } from '../criu/catalogue.ts';
import { monotonicMs } from '../linux/clock.ts';
import type { OwnMounts } from '../linux/mountinfo.ts';
import type { CommandEnd, StopSignal, SweepError } from '../model/events.ts';
import type { Policy } from '../model/model.ts';
import { lookForUsers } from '../sweep/in-use/look-for-users.ts';
import type { NameMatcher } from '../sweep/names.ts';
import type { ScanScope } from '../sweep/scanner.ts';
import type { SweepRequest } from '../sweep/sweep.ts';
import type { Target } from '../sweep/targets.ts';

/** The clock of one sweep, and what stops it. */
export type Clock = Pick<SweepRequest, 'host' | 'startedAt' | 'elapsedMs' | 'interrupted'>;

/** A sweep as it is described; the clock and the signals come with each run. */
export type Prepared = Omit<SweepRequest, keyof Clock>;

/** The uses of directories that a sweep looks for. */
export interface Look {
  readonly policy: Policy;
  /** Of the policy's kinds. */
  readonly match: NameMatcher;
  readonly mounts: OwnMounts;
  /** The effective user. */
  readonly uid: number;
}

/** A sweep in the words of a command. What is left out is as if nobody had asked for it. */
export interface Asked extends Look {
  readonly targets: readonly Target[];
  readonly errors: readonly SweepError[];
  /** What the targets leave to each other, or to somebody else. */
  readonly claims: Pick<ScanScope, 'isOtherTarget' | 'passesOver'>;
  readonly excludes?: ScanScope['excludes'];
  readonly lookForUsers: SweepRequest['lookForUsers'];
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly maxRemovals?: number | undefined;
  /** Of `run`: the command that ran before. */
  readonly command?: CommandEnd;
}

/** Makes of it what the engine is told. */
export function prepared(asked: Asked): Prepared {
  const { policy, targets, errors, uid, match, mounts, command, check = false, dryRun = false } = asked;
  const { maxDepth, crossDevice } = policy;
  return {
    policy,
    targets,
    errors,
    uid,
    check,
    dryRun: dryRun || check,
    scope: { match, excludes: asked.excludes ?? null, maxDepth, crossDevice, mounts, ...asked.claims },
    maxRemovals: asked.maxRemovals ?? null,
    lookForUsers: asked.lookForUsers,
    ...(command === undefined ? {} : { command }),
  };
}

/** The look for users of CRIU's directories, once for each call. */
export function looker({ policy, match, mounts, uid }: Look): NonNullable<SweepRequest['lookForUsers']> {
  return () => lookForUsers({ kinds: policy.kinds, match, mounts, uid, maker: CRIU });
}

/** What ends a sweep before its time. */
export interface Ends {
  /** Milliseconds; `undefined`: it may take as long as it takes. */
  readonly maxRuntime?: number | undefined;
  readonly signals?: { readonly received: StopSignal | null };
}

/** Starts the clock of a sweep. */
export function startClock({ maxRuntime, signals }: Ends = {}): Clock {
  const start = monotonicMs();
  const elapsedMs = () => monotonicMs() - start;
  const isOver = maxRuntime === undefined ? () => false : () => elapsedMs() > maxRuntime;
  return {
    host: hostname(),
    startedAt: Date.now(),
    elapsedMs,
    interrupted: () => signals?.received ?? (isOver() ? 'timeout' : null),
  };
}
