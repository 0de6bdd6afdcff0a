import { setImmediate as nextTick } from 'node:timers/promises';
import { describeRun, type Run, TOLERANCE_MS } from '../../criu/log/criu-run.ts';
import type { PlacedRun } from '../../inspection/run-index.ts';
import { keyOf } from '../../linux/lstat.ts';
import { lookForOpenFiles, type OpenFiles } from './open-logs.ts';
import { isUnfinished, lookAgain, type ReadLog, type SecondLook } from './unfinished.ts';

const NOTHING_OPEN: OpenFiles = { has: () => false, hiddenSinceMs: null };

/** Logs that are described between two ticks. */
const TICK_AFTER = 1024;

/** Tells of each log which run it is and how that ended; of those that do not tell it themselves, by what lies around. */
export async function describeRuns(logs: readonly ReadLog[], look: SecondLook): Promise<PlacedRun[]> {
  const open =
    logs.some(isUnfinished) && !look.interrupted() ? await lookForOpenFiles(look.interrupted) : NOTHING_OPEN;
  const runs: PlacedRun[] = [];
  for (const inWorkDir of byWorkDir(logs)) {
    const current = await upToDate(inWorkDir, open, look);
    // A directory has a log of each name but those of single tasks, so these are a handful.
    const own = current.filter(({ name }) => name.pid === null);
    for (const log of current) {
      runs.push({ ...describe(log, own, open), directory: log.workDir });
      if (runs.length % TICK_AFTER === 0) await nextTick();
    }
  }
  return runs;
}

async function upToDate(
  logs: readonly ReadLog[],
  open: OpenFiles,
  look: SecondLook,
): Promise<readonly ReadLog[]> {
  const [first] = logs;
  if (first === undefined || !logs.some(isUnfinished) || look.interrupted()) return logs;
  await nextTick();
  return lookAgain(first.workDir, logs, open, look);
}

function byWorkDir(logs: readonly ReadLog[]): Iterable<readonly ReadLog[]> {
  const groups = new Map<string, ReadLog[]>();
  for (const log of logs) {
    const key = keyOf(log.workDir);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [log]);
    else group.push(log);
  }
  return groups.values();
}

/** @param own the logs of whole runs in the same directory */
function describe(log: ReadLog, own: readonly ReadLog[], open: OpenFiles): Run {
  const { path, workDir, name, told, facts, statsMtimeMs } = log;
  const run = describeRun(
    told,
    { path, workDir: workDir.path, name, mtimeMs: facts.mtimeMs },
    {
      open: open.has(facts),
      statsMtimeMs: statsMtimeMs ?? null,
      otherLogsMs: own.filter((other) => other.name.base !== name.base).map((other) => other.facts.mtimeMs),
    },
  );
  return mayBeRunning(run, open) ? { ...run, outcome: 'unknown', endedAtMs: null } : run;
}

/** Whether the log that simply stops can be that of a living criu whose files we may not see. */
function mayBeRunning({ outcome, loggedAtMs }: Run, { hiddenSinceMs }: OpenFiles): boolean {
  return outcome === 'cut-off' && hiddenSinceMs !== null && loggedAtMs >= hiddenSinceMs - TOLERANCE_MS;
}
