import type { Bytes } from '../../model/model.ts';
import { affected, type Version } from '../version.ts';
import type { Operation } from './closing.ts';
import type { LogName } from './files.ts';
import type { LoggedError } from './first-error.ts';
import type { LogTold } from './read.ts';

/**
 * The end of a run. `cut-off`: killed or crashed; `unknown`: a log at the default level that does not tell.
 */
export type RunOutcome = 'succeeded' | 'failed' | 'cut-off' | 'running' | 'unknown';

/** A CRIU run, as far as its log and the files around it tell. Times in milliseconds since 1970. */
export interface Run {
  /** The log's path. */
  readonly log: Bytes;
  /** The directory the log lies in, with links resolved. */
  readonly workDir: Bytes;
  /** The restored task whose own log this is, with `--log-pid`; `null`: the run's log. */
  readonly pid: number | null;
  readonly operation: Operation;
  readonly version: Version | null;
  /** The version leaves a directory at every dump; `null`: not known. */
  readonly affected: boolean | null;
  readonly outcome: RunOutcome;
  readonly firstError: LoggedError | null;
  /** `null`: a log without time stamps does not tell. */
  readonly startedAtMs: number | null;
  /** The log's mtime: by then the run had begun. */
  readonly loggedAtMs: number;
  /** `null`: still running. */
  readonly endedAtMs: number | null;
  /** The temporary directories the log names, without the directory they are in. */
  readonly names: readonly Bytes[];
}

/** Where a log lies. */
export interface LogFile {
  readonly path: Bytes;
  readonly workDir: Bytes;
  readonly name: LogName;
  readonly mtimeMs: number;
}

/** The facts about a run from outside its log. Times in milliseconds since 1970. */
export interface Evidence {
  /** A living criu has the log open. */
  readonly open: boolean;
  /** mtime of the stats file of this operation (`statsNames`) in the work dir, the newest of several. */
  readonly statsMtimeMs: number | null;
  /**
   * mtimes of the other runs' logs in the work dir: the stats file may be theirs. Logs of single tasks do not
   * count.
   */
  readonly otherLogsMs: readonly number[];
}

/**
 * Tolerance for time stamps on disk, which may be a second off: by rounding, by a copy, by the order of the
 * last writes.
 */
export const TOLERANCE_MS = 1000;

/** The run that a log tells of. */
export function describeRun(told: LogTold, file: LogFile, evidence: Evidence): Run {
  const name = isWhole(told) ? { ...file.name, pid: null } : file.name;
  const proven = provenByStats(told, file.mtimeMs, evidence);
  const outcome = outcomeOf(told, name, evidence.open, proven);
  const lastWriteMs = proven ? Math.max(file.mtimeMs, evidence.statsMtimeMs ?? 0) : file.mtimeMs;
  return {
    log: file.path,
    workDir: file.workDir,
    pid: name.pid,
    operation: operationOfRun(told, name),
    version: told.version,
    affected: affected(told.version),
    outcome,
    firstError: told.firstError,
    startedAtMs: told.lastStampMs === null ? null : file.mtimeMs - told.lastStampMs,
    loggedAtMs: file.mtimeMs,
    endedAtMs: outcome === 'running' ? null : lastWriteMs,
    names: told.names,
  };
}

/**
 * Whether a log is a run's own, whatever number ends its name: `dump.log.1` can be a rotated log. The logs of
 * single tasks are all of restores, and not closed.
 */
function isWhole({ operation, closing }: LogTold): boolean {
  return closing !== null || (operation !== 'unknown' && operation !== 'restore');
}

/**
 * The run's operation: by the closing line, else by lines that only one operation writes, else by the log's
 * name.
 */
export function operationOfRun(told: LogTold, name: LogName): Operation {
  if (told.closing !== null && told.closing.operation !== 'unknown') return told.closing.operation;
  return told.operation === 'unknown' ? name.operation : told.operation;
}

/**
 * The end of a run. A closing line is the run's own statement, so it counts even while criu lives on (a
 * restore without `--restore-detached` waits for what it restored). The log of a single restored task ends
 * where the task is resumed, and has no closing line.
 *
 * @param proven see {@link provenByStats}
 */
export function outcomeOf(told: LogTold, name: LogName, open: boolean, proven: boolean): RunOutcome {
  if (told.closing !== null) return told.closing.outcome;
  if (open) return 'running';
  if (proven) return 'succeeded';
  if (told.errorNearEnd) return 'failed';
  if (name.pid !== null && operationOfRun(told, name) === 'restore') return 'unknown';
  return told.stamped ? 'cut-off' : 'unknown';
}

/**
 * Whether the stats file proves that this run succeeded: for a log without time stamps and without a closing
 * line, a stats file that was written after the log's last line. A failure is logged at any level, and the
 * log is truncated at each run, so no later run can have written that file, unless there is another log
 * beside it.
 *
 * If the log ends with errors, which a success can have too (`exited, status=3` of a probe of ip or
 * iptables), there is no tolerance. Otherwise a run that failed early, right after one that succeeded, would
 * pass for a success.
 */
function provenByStats(told: LogTold, logMtimeMs: number, evidence: Evidence): boolean {
  const { statsMtimeMs, otherLogsMs } = evidence;
  if (told.stamped || told.closing !== null || statsMtimeMs === null) return false;
  const tolerance = told.errorNearEnd ? 0 : TOLERANCE_MS;
  const writtenAfter = statsMtimeMs >= logMtimeMs - tolerance;
  return writtenAfter && !otherLogsMs.some((other) => other >= logMtimeMs && other <= statsMtimeMs);
}
