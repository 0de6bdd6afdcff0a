import { setImmediate as nextTick } from 'node:timers/promises';
import type { PlacedRun } from '../../inspection/run-index.ts';
import { joinPath } from '../../linux/bytes.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes } from '../../model/model.ts';
import type { ScanScope } from '../../sweep/scanner.ts';
import type { Target } from '../../sweep/targets.ts';
import { describeRuns } from './describe-runs.ts';
import { findLogs, type NamedLikeLog } from './find-logs.ts';
import { LogBudget } from './log-budget.ts';
import { type LogRead, readLogHere } from './read-log.ts';
import type { ReadLog } from './unfinished.ts';

/** Where the logs are looked for, and when to stop. */
export interface LogScope {
  /** The scope of the sweep: logs are searched in the same directories. */
  readonly scan: ScanScope;
  /** The effective user. */
  readonly uid: number;
  readonly interrupted: () => boolean;
}

/** The runs that the logs below the targets tell of, and what could not be read. */
export interface FoundRuns {
  readonly runs: readonly PlacedRun[];
  readonly errors: readonly SweepError[];
  /**
   * Things with a log's name that are no files: the first of them, like `/var/lib/x/dump.log: is a FIFO`, and
   * how many there are.
   */
  readonly noFiles: { readonly first: readonly NoFile[]; readonly count: number };
}

/** Something with a log's name, and what it is: `a FIFO`. */
export interface NoFile {
  readonly path: Bytes;
  readonly what: string;
}

/** Things with a log's name that are no files, kept up to this number. */
const MOST_NO_FILES = 20;
/** Errors of logs that are kept; after these it is known that the inspection is incomplete. */
const MOST_ERRORS = 10_000;

/** Finds and reads the logs below the targets, and tells of each which run it is and how that ended. */
export async function findRuns(
  targets: readonly Target[],
  scope: LogScope,
  onDirectories: (count: number, where: Bytes) => void,
): Promise<FoundRuns> {
  const search = new LogSearch(scope);
  for (const found of findLogs(targets, scope.scan)) {
    if (scope.interrupted()) break;
    if (found.kind === 'pause') {
      onDirectories(found.directories, found.where);
      await nextTick();
    } else if (found.kind === 'error') search.addError(found.error);
    else if (!(await search.read(found.log, found.unnamed))) break;
  }
  const { logs, errors, noFiles, count } = search;
  const runs = await describeRuns(logs, {
    mounts: scope.scan.mounts,
    interrupted: scope.interrupted,
    onError: (error) => search.addError(error),
  });
  return { runs, errors, noFiles: { first: noFiles, count } };
}

/** Reads logs one by one, within the bounds of an inspection. */
class LogSearch {
  readonly logs: ReadLog[] = [];
  readonly errors: SweepError[] = [];
  readonly noFiles: NoFile[] = [];
  count = 0;
  readonly #scope: LogScope;
  readonly #budget = new LogBudget();
  #read = 0;
  #headsSaid = false;

  constructor(scope: LogScope) {
    this.#scope = scope;
  }

  addError(error: SweepError): void {
    if (this.errors.length < MOST_ERRORS) this.errors.push(error);
  }

  /**
   * Reads a log of the directory we stand in. False: the bounds are reached, and nothing more is to be read.
   */
  async read(log: NamedLikeLog, unnamed: boolean): Promise<boolean> {
    const path = joinPath(log.workDir.path, log.file);
    if (this.#budget.spent) return this.#stop(path);
    if (log.byContent && this.#budget.headsSpent) return this.#passOver(path);
    // A tick now and then also among very many small ones.
    if (++this.#read % TICK_AFTER === 0) await nextTick();
    const result = await readLogHere(log.file, {
      byContent: log.byContent,
      wanted: (file) => this.#budget.isNew(file, log.byContent),
      onRead: (bytes) => this.#budget.addRead(bytes),
      interrupted: () => this.#scope.interrupted() || this.#budget.spent,
    });
    this.#take(result, { ...log, path }, unnamed);
    return result.kind === 'other' && this.#budget.spent ? this.#stop(path) : true;
  }

  #take(result: LogRead, log: NamedLikeLog & { readonly path: Bytes }, unnamed: boolean): void {
    const { path, byContent } = log;
    switch (result.kind) {
      case 'log':
        this.logs.push({ ...log, told: result.told, facts: result.facts });
        this.#budget.addKept({ log: path, ...result.told });
        break;
      case 'no-file':
        if (byContent) break;
        this.count += 1;
        if (this.noFiles.length < MOST_NO_FILES) this.noFiles.push({ path, what: result.what });
        break;
      case 'failed':
        if (!this.#isForgiven(log, unnamed, result.code))
          this.addError({ path, code: result.code, syscall: result.syscall });
        break;
      case 'other':
      case 'gone':
        break;
    }
  }

  /**
   * For a caller who is not root: what may not be read, where nobody named it or it need not be a log at all.
   */
  #isForgiven(log: NamedLikeLog, unnamed: boolean, code: string): boolean {
    return (unnamed || log.byContent) && this.#scope.uid !== 0 && code === 'EACCES';
  }

  #passOver(path: Bytes): true {
    if (!this.#headsSaid) this.addError({ path, code: 'too-many-logs', syscall: 'read' });
    this.#headsSaid = true;
    return true;
  }

  #stop(path: Bytes): false {
    this.addError({ path, code: 'too-many-logs', syscall: 'read' });
    return false;
  }
}

/** Logs that are read between two ticks at most. */
const TICK_AFTER = 64;
