import { hostname } from 'node:os';
import { CRIU } from '../criu/catalogue.ts';
import { monotonicMs } from '../linux/clock.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { CommandEnd, StopSignal, SweepError } from '../model/events.ts';
import type { Policy } from '../model/model.ts';
import { lookForUsers } from '../sweep/in-use/look-for-users.ts';
import type { NameMatcher } from '../sweep/names.ts';
import type { ScanScope } from '../sweep/scanner.ts';
import type { SweepRequest } from '../sweep/sweep.ts';
import type { Target } from '../sweep/targets.ts';

/** The part of a request that is new for each sweep: the clock, and the signals that stop it. */
export type Clock = Pick<SweepRequest, 'host' | 'startedAt' | 'elapsedMs' | 'interrupted'>;

/** A sweep's request without its clock. */
export type Prepared = Omit<SweepRequest, keyof Clock>;

/** The input of the look at who uses directories. */
export interface Look {
  readonly policy: Policy;
  /** Matches the names of the policy's kinds. */
  readonly match: NameMatcher;
  readonly mounts: OwnMounts;
  /** The effective user. */
  readonly uid: number;
}

/** A sweep as a command asks for it. */
export interface Asked extends Look {
  readonly targets: readonly Target[];
  readonly errors: readonly SweepError[];
  /** The directories and candidates that a target's scan leaves to another. */
  readonly claims: Pick<ScanScope, 'isOtherTarget' | 'passesOver'>;
  readonly excludes?: ScanScope['excludes'];
  readonly lookForUsers: SweepRequest['lookForUsers'];
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly maxRemovals?: number | undefined;
  /** The command that `run` has run before. */
  readonly command?: CommandEnd;
}

/** Makes the request of a sweep, with defaults for what is left out. */
export function prepared(asked: Asked): Prepared {
  const { policy, targets, errors, uid, match, mounts, command, check = false, dryRun = false } = asked;
  const { maxDepth, crossDevice, olderThanMs } = policy;
  return {
    policy,
    targets,
    errors,
    uid,
    check,
    dryRun: dryRun || check,
    scope: {
      match,
      excludes: asked.excludes ?? null,
      maxDepth,
      crossDevice,
      mounts,
      // A leftover made after the lstat that found none is too young, where age counts.
      readsLeaves: olderThanMs === null,
      ...asked.claims,
    },
    maxRemovals: asked.maxRemovals ?? null,
    lookForUsers: asked.lookForUsers,
    ...(command === undefined ? {} : { command }),
  };
}

/** A function that looks who uses CRIU's directories, anew at each call. */
export function looker({ policy, match, mounts, uid }: Look): NonNullable<SweepRequest['lookForUsers']> {
  return () => lookForUsers({ kinds: policy.kinds, match, mounts, uid, maker: CRIU });
}

/** The limits that end a sweep early. */
export interface Ends {
  /** Milliseconds; `undefined`: no limit. */
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
