import { attribute, type Leftover } from '../criu/attribute.ts';
import type { ImageSet } from '../criu/images.ts';
import type { Run } from '../criu/log/criu-run.ts';
import { keyOf } from '../linux/lstat.ts';
import type { Bytes, Identity } from '../model/model.ts';

/** A run, the directory in which its log was read, and the images that lie there. */
export interface PlacedRun extends Run {
  readonly directory: Identity;
  /** `null`: none, or not looked at. */
  readonly images: ImageSet | null;
}

/**
 * Limit of runs of one work dir, or that name one leftover, to compare with each leftover. A work dir has a
 * handful. If somebody made very many, no time tells them apart, and a name that all of them know proves
 * nothing.
 */
const MOST_COMPARED = 100;

/** The runs that were found, to look up which of them left a directory. */
export class RunIndex {
  /**
   * The runs to be shown, newest first. A log of a single task is part of the run whose log lies beside it,
   * if there is one.
   */
  readonly runs: readonly PlacedRun[];
  readonly #byLog: ReadonlyMap<Bytes, Run>;
  readonly #byName = new Map<Bytes, Run[]>();
  readonly #byDirectory = new Map<string, Run[]>();

  /** @param sinceMs runs that ended earlier are not shown, but still known; `null`: all are shown */
  constructor(found: readonly PlacedRun[], sinceMs: number | null = null) {
    const logs = new Set(found.map(({ log }) => log));
    const all = found.map((run) => (isOrphan(run, logs) ? { ...run, pid: null } : run));
    const runs = foldTasks(all).sort((a, b) => lastSign(b) - lastSign(a));
    this.runs = sinceMs === null ? runs : runs.filter((run) => endedAfter(run, sinceMs));
    this.#byLog = new Map(runs.map((run) => [run.log, run]));
    for (const run of all) {
      if (run.pid === null) add(this.#byDirectory, keyOf(run.directory), run, MOST_COMPARED + 1);
      for (const name of run.names) add(this.#byName, name, run, MOST_COMPARED + 1);
    }
    // A log of a single task tells nothing of the time that its run's log does not; a restore can have
    // thousands.
    for (const run of all)
      if (run.pid !== null) add(this.#byDirectory, keyOf(run.directory), run, MOST_COMPARED);
  }

  /**
   * The run that left a directory; `null` if none fits, or more than one.
   *
   * @param directory the one it lies in. It must be one in which a log was read: its path may lead elsewhere
   *   by now
   */
  of(leftover: Leftover, directory: Identity): Run | null {
    const runs = this.#byName.get(leftover.name) ?? this.#byDirectory.get(keyOf(directory)) ?? [];
    if (runs.length > MOST_COMPARED) return null;
    const log = attribute(leftover, runs);
    return log === null ? null : (this.#byLog.get(log) ?? null);
  }
}

/** The last sign of life of a run, in milliseconds since 1970. */
function lastSign({ endedAtMs, loggedAtMs }: Run): number {
  return endedAtMs ?? loggedAtMs;
}

/** Whether a run ended after that time, in milliseconds since 1970, or has not ended. */
function endedAfter(run: Run, sinceMs: number): boolean {
  return run.outcome === 'running' || lastSign(run) > sinceMs;
}

function isOrphan({ log, pid }: Run, logs: ReadonlySet<Bytes>): boolean {
  return pid !== null && !logs.has(withoutPid(log));
}

function withoutPid(log: Bytes): Bytes {
  return log.slice(0, log.lastIndexOf('.'));
}

/**
 * Adds the logs of tasks to their runs. If the run's own log has no error, the first error of one of its
 * tasks is the run's.
 */
function foldTasks(all: readonly PlacedRun[]): PlacedRun[] {
  const tasks = new Map<Bytes, Run>();
  for (const run of all) {
    if (run.pid !== null && run.firstError !== null) tasks.set(withoutPid(run.log), run);
  }
  return all
    .filter(({ pid }) => pid === null)
    .map((run) => {
      const firstError = run.firstError ?? tasks.get(run.log)?.firstError ?? null;
      return firstError === run.firstError ? run : { ...run, firstError };
    });
}

/** @param most limit of runs to add; one more than is compared shows that there are too many */
function add(map: Map<string, Run[]>, key: string, run: Run, most: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [run]);
  else if (known.length < most) known.push(run);
}
