import { setImmediate as nextTick } from 'node:timers/promises';
import type { ImageSet } from '../../criu/images.ts';
import { describeRun, type Run, TOLERANCE_MS } from '../../criu/log/criu-run.ts';
import type { PlacedRun } from '../../inspection/run-index.ts';
import { keyOf } from '../../linux/lstat.ts';
import { lookForOpenFiles, type OpenFiles } from './open-logs.ts';
import { isUnfinished, lookAgain, type ReadLog, type SecondLook, stepBack } from './unfinished.ts';
import { ImageScales } from './weigh-images.ts';

const NOTHING_OPEN: OpenFiles = { has: () => false, hiddenSinceMs: null };

/** Logs that are described between two ticks. */
const TICK_AFTER = 1024;

/**
 * Logs of whole runs in one work dir that are compared with one another. Beyond that nobody can tell whose
 * the stats file is.
 */
const MOST_COMPARED = 100;

/**
 * Tells of each log which run it is, how that ended (if the log does not tell, by what lies around it), and
 * what the images beside it weigh.
 */
export async function describeRuns(logs: readonly ReadLog[], look: SecondLook): Promise<PlacedRun[]> {
  const open =
    logs.some(isUnfinished) && !look.interrupted() ? await lookForOpenFiles(look.interrupted) : NOTHING_OPEN;
  const scales = new ImageScales(look.mounts, look.interrupted);
  const runs: PlacedRun[] = [];
  for (const inWorkDir of byWorkDir(logs)) {
    const { current, images } = await revisit(inWorkDir, open, scales, look);
    const own = current.filter(({ name }) => name.pid === null);
    for (const log of current) {
      runs.push({ ...describe(log, own, open), directory: log.workDir, images });
      if (runs.length % TICK_AFTER === 0) await nextTick();
    }
  }
  return runs;
}

/** Goes back to a work dir: to its unfinished logs, and to its images. */
async function revisit(
  logs: readonly ReadLog[],
  open: OpenFiles,
  scales: ImageScales,
  look: SecondLook,
): Promise<{ readonly current: readonly ReadLog[]; readonly images: ImageSet | null }> {
  const [first] = logs;
  if (first === undefined || look.interrupted()) return { current: logs, images: null };
  await nextTick();
  const trouble = stepBack(first.workDir);
  if (trouble !== null) {
    if (trouble.code !== 'ENOENT') look.onError(trouble);
    return { current: logs, images: null };
  }
  const current = logs.some(isUnfinished) ? await lookAgain(logs, open, look) : logs;
  return { current, images: await scales.weighHere(first.workDir.path) };
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
  const { path, workDir, name, told, facts } = log;
  const few = own.length <= MOST_COMPARED;
  const others = few ? own.filter((other) => other.name.base !== name.base) : [];
  const run = describeRun(
    told,
    { path, workDir: workDir.path, name, mtimeMs: facts.mtimeMs },
    {
      open: open.has(facts),
      statsMtimeMs: few ? (log.statsMtimeMs ?? null) : null,
      otherLogsMs: others.map((other) => other.facts.mtimeMs),
    },
  );
  return mayBeRunning(run, open) ? { ...run, outcome: 'unknown', endedAtMs: null } : run;
}

/** Whether the log that simply stops can be that of a living criu whose files we may not see. */
function mayBeRunning({ outcome, loggedAtMs }: Run, { hiddenSinceMs }: OpenFiles): boolean {
  return outcome === 'cut-off' && hiddenSinceMs !== null && loggedAtMs >= hiddenSinceMs - TOLERANCE_MS;
}
