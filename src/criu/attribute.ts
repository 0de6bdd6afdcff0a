import type { Bytes } from '../model/model.ts';
import { CATALOGUE, CRIU, type Making } from './catalogue.ts';
import { type Run, TOLERANCE_MS } from './log/criu-run.ts';
import { isBeforePolicies } from './version.ts';

/** A directory that was left. */
export interface Leftover {
  /** Its name, without the directory it is in. */
  readonly name: Bytes;
  /** The directory it is in, absolute, with links resolved. */
  readonly parent: Bytes;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

const AA_POLICY = '.criu.temp-aa-policy.';

/**
 * The run that left a directory: the run whose log names it. If none does, the run of that work dir that was
 * at work when it was made, give or take a second, and whose operation makes such directories there. A
 * directory in /tmp can be any run's, whatever the work dir: only its name tells.
 *
 * @returns the path of that run's log; `null` if no run fits, or more than one
 */
export function attribute(leftover: Leftover, runs: readonly Run[]): Bytes | null {
  const naming = runs.filter((run) => run.names.includes(leftover.name));
  if (naming.length > 0) {
    const beside = naming.filter((run) => run.workDir === leftover.parent);
    return theOnly(beside.length > 0 ? beside : naming);
  }
  return theOnly(runs.filter((run) => fits(leftover, run)));
}

function fits(leftover: Leftover, run: Run): boolean {
  if (run.workDir !== leftover.parent) return false;
  const kind = CATALOGUE.find(({ prefix }) => leftover.name.startsWith(prefix));
  if (!kind?.places.includes('work dir') || !couldHaveLeft(leftover, run, kind.madeBy)) return false;
  const from = run.startedAtMs ?? run.loggedAtMs;
  const to = run.endedAtMs ?? Number.POSITIVE_INFINITY;
  return leftover.mtimeMs >= from - TOLERANCE_MS && leftover.mtimeMs <= to + TOLERANCE_MS;
}

function couldHaveLeft(leftover: Leftover, run: Run, madeBy: readonly Making[]): boolean {
  if (run.operation !== 'unknown' && !madeBy.some((making) => making === run.operation)) return false;
  const isPolicy = leftover.name.startsWith(AA_POLICY);
  if (isPolicy && run.version !== null && isBeforePolicies(run.version)) return false;
  // crtools-proc.X of v3.14 and later, and of any restore whose work dir is /tmp
  if (leftover.name.startsWith('crtools-proc.') && leftover.parent === CRIU.temporary) return false;
  // A successful run removes all it made, except for the leak
  return run.outcome !== 'succeeded' || (isPolicy && run.affected !== false);
}

/** The only one of these runs. Logs of single tasks belong to the run whose log lies beside them. */
function theOnly(runs: readonly Run[]): Bytes | null {
  const logs = new Set(runs.map(({ log, pid }) => (pid === null ? log : log.slice(0, log.lastIndexOf('.')))));
  const [log] = logs;
  return logs.size === 1 && log !== undefined ? log : null;
}
