import type { Bytes, Item, Policy, Why } from './model.ts';

export type TargetStatus =
  | 'swept'
  | 'missing'
  | 'unreadable'
  | 'not-a-directory'
  | 'no-match'
  | 'interrupted';

/** One target (`path` is what the caller wrote, or a match of a glob), and its result. */
export interface TargetReport {
  readonly path: Bytes;
  /** Absolute, links resolved; `null` if there is nothing to resolve. */
  readonly resolved: Bytes | null;
  readonly status: TargetStatus;
  /** Directories seen, read or not, and entries of those that were read. */
  readonly directories: number;
  readonly entries: number;
}

/** Something below a target that could not be looked at. `code` is an errno name, or `changed`. */
export interface SweepError {
  readonly path: Bytes;
  readonly code: string;
  readonly syscall: string;
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
export type Interruption = StopSignal | 'timeout' | 'max-removals';

/** The limits of what the look for users of directories could see. */
export interface InUseReport {
  readonly checked: boolean;
  readonly unreadableProcesses: number;
  readonly foreignPidNamespace: boolean;
}

/** Counts of items by outcome, and of the reasons of the kept ones. */
export interface Counts {
  readonly matched: number;
  readonly removed: number;
  readonly wouldRemove: number;
  readonly kept: number;
  readonly vanished: number;
  readonly failed: number;
  readonly keptBy: Readonly<Partial<Record<Why, number>>>;
}

/** The facts known before the first directory is read. Times in milliseconds since 1970. */
export interface Start {
  readonly host: string;
  readonly uid: number;
  readonly startedAt: number;
  readonly dryRun: boolean;
  readonly policy: Policy;
  /** Of `run`: the command that ran before the sweep. */
  readonly command?: CommandEnd;
}

/** A command that was run, and how it ended. */
export interface CommandEnd {
  readonly argv: readonly string[];
  readonly end: End;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The directories in which something could have appeared. */
  readonly watched: readonly WatchedDirectory[];
}

/**
 * The reason why `run` watched a directory: the command line, or CRIU's configuration, says that CRIU works
 * there; an engine has it work there; it was seen to; `--work-dir` names it; it is the command's working
 * directory; or, /tmp, it always is.
 */
export type WatchedWhy = 'command' | 'configuration' | 'engine' | 'seen' | 'named' | 'current' | 'always';

/** A directory that `run` watched; of an engine the glob of all of them. */
export interface WatchedDirectory {
  readonly path: Bytes;
  readonly why: WatchedWhy;
}

/** The end of a command. */
export type End =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
  /**
   * The status as of env(1): 127 if nothing of that name was found, otherwise 126. `code` is an errno's name.
   */
  | {
      readonly kind: 'not-started';
      readonly status: 126 | 127;
      readonly code: string;
      readonly syscall: string;
    };

/** The facts known at the end. */
export interface Summary {
  readonly counts: Counts;
  readonly inUse: InUseReport;
  /**
   * The reason why not all users of directories could be seen, as half a sentence; `null`: all could, or
   * nobody looked.
   */
  readonly blindness: string | null;
  readonly interrupted: Interruption | null;
  /** Errors and targets that could not be swept. */
  readonly incomplete: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  readonly exitCode: number;
}

/** A moment to hear signals and to wait for slow readers. */
export interface Pause {
  readonly type: 'pause';
  /** From a scan: entries of this target seen so far, and the directory it is in. */
  readonly entries?: number;
  readonly where?: Bytes;
}

/** An event of a sweep. The order: `start`, then items, targets and errors as they come, `summary` last. */
export type SweepEvent =
  | { readonly type: 'start'; readonly start: Start }
  | { readonly type: 'item'; readonly item: Item }
  | { readonly type: 'target'; readonly target: TargetReport }
  | { readonly type: 'error'; readonly error: SweepError }
  | { readonly type: 'summary'; readonly summary: Summary };
