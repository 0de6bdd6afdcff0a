import { joinPath } from '../../bytes.ts';
import { statsNames } from '../../criu/log/files.ts';
import type { LogTold } from '../../criu/log/read.ts';
import { describeRun, operationOfRun, type Run, TOLERANCE_MS } from '../../criu/log/run.ts';
import { errnoOf } from '../../errno.ts';
import type { Bytes, Facts, SweepError } from '../../model.ts';
import { lstatName } from '../../sweep/lstat.ts';
import type { Target } from '../../sweep/targets.ts';
import type { LogScope } from './directory-reader.ts';
import { findLogs, type NamedLikeLog } from './find-logs.ts';
import { lookForOpenFiles, type OpenFiles } from './open-logs.ts';
import { readLogFile } from './read-log.ts';

/** The runs that the logs below the targets tell of, and what could not be read. */
export interface FoundRuns {
  readonly runs: readonly Run[];
  readonly errors: readonly SweepError[];
  /** What has a log's name and is no file: its path and what it is, `a FIFO`. */
  readonly noFiles: readonly { readonly path: Bytes; readonly what: string }[];
}

interface ReadLog extends NamedLikeLog {
  readonly told: LogTold;
  readonly facts: Facts;
}

/** Finds and reads the logs below the targets, and tells of each which run it is and how that ended. */
export async function findRuns(
  targets: readonly Target[],
  scope: LogScope,
  onDirectories: (count: number, where: Bytes) => void,
): Promise<FoundRuns> {
  const found = await findLogs(targets, scope, onDirectories);
  const errors = [...found.errors];
  const noFiles: { path: Bytes; what: string }[] = [];
  const logs: ReadLog[] = [];
  for (const log of found.logs) {
    if (scope.interrupted()) break;
    const result = await readLogFile(log.path, scope.interrupted);
    if (result.read === 'log') logs.push({ ...log, told: result.told, facts: result.facts });
    if (result.read === 'no-file') noFiles.push({ path: log.path, what: result.what });
    if (result.read === 'failed') errors.push({ path: log.path, code: result.code, syscall: result.syscall });
  }
  return { runs: await describeRuns(logs, scope.interrupted), errors, noFiles };
}

async function describeRuns(logs: readonly ReadLog[], interrupted: () => boolean): Promise<Run[]> {
  const open = logs.some(isUnfinished) ? lookForOpenFiles() : NOTHING_OPEN;
  const current: ReadLog[] = [];
  for (const log of logs) current.push(await catchUp(log, open, interrupted));
  const byWorkDir = new Map<Bytes, ReadLog[]>();
  for (const log of current) byWorkDir.set(log.workDir, [...(byWorkDir.get(log.workDir) ?? []), log]);
  return current.map((log) => describe(log, byWorkDir.get(log.workDir) ?? [], open));
}

const NOTHING_OPEN: OpenFiles = { has: () => false, hiddenSinceMs: null };

function isUnfinished({ told }: ReadLog): boolean {
  return told.closing === null;
}

/**
 * A criu that ended between the reading of its log and the look at living processes has written the end of its log
 * meanwhile: what has changed since is read again.
 */
async function catchUp(log: ReadLog, open: OpenFiles, interrupted: () => boolean): Promise<ReadLog> {
  if (!isUnfinished(log) || open.has(log.facts) || !hasChanged(log)) return log;
  const again = await readLogFile(log.path, interrupted);
  return again.read === 'log' ? { ...log, told: again.told, facts: again.facts } : log;
}

function hasChanged({ path, facts }: ReadLog): boolean {
  const now = factsOf(path);
  return now !== null && (now.size !== facts.size || now.mtimeMs !== facts.mtimeMs || now.ino !== facts.ino);
}

function describe(log: ReadLog, inWorkDir: readonly ReadLog[], open: OpenFiles): Run {
  const { path, workDir, name, told, facts } = log;
  const stats = statsNames(operationOfRun(told, name)).map((stats) => factsOf(joinPath(workDir, stats)));
  const statsTimes = stats.flatMap((file) => (file === null ? [] : [file.mtimeMs]));
  const run = describeRun(
    told,
    { path, workDir, name, mtimeMs: facts.mtimeMs },
    {
      open: open.has(facts),
      statsMtimeMs: statsTimes.length === 0 ? null : Math.max(...statsTimes),
      otherLogsMs: inWorkDir
        .filter((other) => other.name.base !== name.base && other.name.pid === null)
        .map((other) => other.facts.mtimeMs),
    },
  );
  return mayBeRunning(run, open) ? { ...run, outcome: 'unknown', endedAtMs: null } : run;
}

/** Whether the log that simply stops can be that of a living criu whose files we may not see. */
function mayBeRunning({ outcome, loggedAtMs }: Run, { hiddenSinceMs }: OpenFiles): boolean {
  return outcome === 'cut-off' && hiddenSinceMs !== null && loggedAtMs >= hiddenSinceMs - TOLERANCE_MS;
}

function factsOf(path: Bytes): Facts | null {
  try {
    return lstatName(path);
  } catch (error) {
    errnoOf(error);
    return null;
  }
}
