import { attribute, type Leftover } from '../../criu/attribute.ts';
import type { Run } from '../../criu/log/run.ts';
import type { Bytes } from '../../model.ts';

/** The runs that were found, to be asked which left a directory. */
export class RunIndex {
  /** The newest first. Logs of single tasks are part of the run beside whose log they lie, where there is one. */
  readonly runs: readonly Run[];
  readonly #byLog: ReadonlyMap<Bytes, Run>;
  readonly #byName = new Map<Bytes, Run[]>();
  readonly #byWorkDir = new Map<Bytes, Run[]>();

  constructor(found: readonly Run[]) {
    const logs = new Set(found.map(({ log }) => log));
    const all = found.map((run) => (isOrphan(run, logs) ? { ...run, pid: null } : run));
    this.runs = foldTasks(all).sort((a, b) => lastSign(b) - lastSign(a));
    this.#byLog = new Map(this.runs.map((run) => [run.log, run]));
    for (const run of all) {
      add(this.#byWorkDir, run.workDir, run);
      for (const name of run.names) add(this.#byName, name, run);
    }
  }

  /** The run that left a directory; `null` where none fits, or more than one. */
  of(leftover: Leftover): Run | null {
    const { name, parent } = leftover;
    const log = attribute(leftover, this.#byName.get(name) ?? this.#byWorkDir.get(parent) ?? []);
    return log === null ? null : (this.#byLog.get(log) ?? null);
  }
}

/** When a run last gave a sign of life, in milliseconds since 1970. */
export function lastSign({ endedAtMs, loggedAtMs }: Run): number {
  return endedAtMs ?? loggedAtMs;
}

function isOrphan({ log, pid }: Run, logs: ReadonlySet<Bytes>): boolean {
  return pid !== null && !logs.has(withoutPid(log));
}

function withoutPid(log: Bytes): Bytes {
  return log.slice(0, log.lastIndexOf('.'));
}

/** What a task says is its run's: where the run's own log tells of no error, the first that one of its tasks does. */
function foldTasks(all: readonly Run[]): Run[] {
  const tasks = new Map<Bytes, Run>();
  for (const run of all) {
    if (run.pid !== null && run.firstError !== null) tasks.set(withoutPid(run.log), run);
  }
  return all
    .filter(({ pid }) => pid === null)
    .map((run) => ({ ...run, firstError: run.firstError ?? tasks.get(run.log)?.firstError ?? null }));
}

function add(map: Map<Bytes, Run[]>, key: Bytes, run: Run): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [run]);
  else known.push(run);
}
