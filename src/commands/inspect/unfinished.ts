import { operationOfRun } from '../../criu/log/criu-run.ts';
import { statsNames } from '../../criu/log/files.ts';
import type { LogTold } from '../../criu/log/read.ts';
import { errnoOf } from '../../linux/errno.ts';
import { lstatName, sameFile } from '../../linux/lstat.ts';
import type { OwnMounts } from '../../linux/own-mounts.ts';
import { stepDown } from '../../linux/working-directory.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes, Place } from '../../model/model.ts';
import type { NamedLikeLog } from './find-logs.ts';
import type { OpenFiles } from './open-logs.ts';
import { type LogFacts, readLogHere } from './read-log.ts';

/** A log that was read, and what it tells. */
export interface ReadLog extends NamedLikeLog {
  readonly path: Bytes;
  readonly told: LogTold;
  readonly facts: LogFacts;
  /**
   * mtime of the newest stats file of its operation, in milliseconds since 1970; for unfinished logs only.
   */
  readonly statsMtimeMs?: number;
}

/** The means of a second look at work dirs. */
export interface SecondLook {
  readonly mounts: OwnMounts;
  readonly interrupted: () => boolean;
  readonly onError: (error: SweepError) => void;
}

/** A log without a closing line: its run lives, was killed, or had nothing to say. */
export function isUnfinished({ told }: ReadLog): boolean {
  return told.closing === null;
}

/**
 * Looks again at the unfinished logs of the directory we stand in, after the look at living processes: a criu
 * that ended meanwhile has written the end of its log, or its stats file.
 */
export async function lookAgain(
  logs: readonly ReadLog[],
  open: OpenFiles,
  look: SecondLook,
): Promise<ReadLog[]> {
  const seen: ReadLog[] = [];
  for (const log of logs) {
    try {
      seen.push(withStats(isUnfinished(log) && !open.has(log.facts) ? await catchUp(log, look) : log));
    } catch (error) {
      look.onError({ path: log.path, ...errnoOf(error) });
      seen.push(log);
    }
  }
  return seen;
}

/**
 * Steps into a directory again, if it is the same. @returns why that failed; ENOENT: it has gone, with its
 * logs
 */
export function stepBack({ path, ...expected }: Place): SweepError | null {
  try {
    const step = stepDown(path);
    switch (step.kind) {
      case 'entered':
        return sameFile(step.here, expected) ? null : { path, code: 'changed', syscall: 'chdir' };
      case 'gone':
        return { path, code: 'ENOENT', syscall: 'chdir' };
      case 'changed':
        return { path, code: 'changed', syscall: 'chdir' };
      case 'failed':
        return { path, code: step.code, syscall: step.syscall };
    }
  } catch (error) {
    return { path, ...errnoOf(error) };
  }
}

/** Throws the errno of lstat(2), but for a log that has gone. */
async function catchUp(log: ReadLog, { interrupted }: SecondLook): Promise<ReadLog> {
  const now = lstatName(log.file);
  if (now === null || isSameState(now, log.facts)) return log;
  const again = await readLogHere(log.file, {
    byContent: false,
    wanted: () => true,
    onRead: () => {},
    interrupted,
  });
  return again.kind === 'log' ? { ...log, told: again.told, facts: again.facts } : log;
}

function isSameState(now: LogFacts, then: LogFacts): boolean {
  return sameFile(now, then) && now.size === then.size && now.mtimeMs === then.mtimeMs;
}

/** Throws the errno of lstat(2), but for a file that is not there. */
function withStats(log: ReadLog): ReadLog {
  const files = statsNames(operationOfRun(log.told, log.name)).map((name) => lstatName(name));
  const times = files.flatMap((file) => (file === null ? [] : [file.mtimeMs]));
  return times.length === 0 ? log : { ...log, statsMtimeMs: Math.max(...times) };
}
