import type { Run } from '../../criu/log/criu-run.ts';
import { keyOf } from '../../linux/lstat.ts';
import type { Identity } from '../../model/model.ts';

/** Logs that are looked at in one inspection: more than a host's runtimes keep. */
const MOST_LOGS = 50_000;
/** Files of other names whose heads are looked at: as many as programs of one host may write. */
const MOST_HEADS = 50_000;
/** Bytes that are read of all logs together: half a minute's worth, of the shortest lines four times that. */
const MOST_READ = 2 * 1024 ** 3;
/** Characters of paths and messages that are kept of all of them. */
const MOST_KEPT = 32 * 1024 ** 2;

/**
 * The bounds of one inspection for the logs that others can make: each file is read once, and all is counted.
 */
export class LogBudget {
  readonly #seen = new Set<string>();
  #logs = 0;
  #heads = 0;
  #read = 0;
  #kept = 0;

  /** Nothing more may be read. */
  get spent(): boolean {
    return this.#logs >= MOST_LOGS || this.#read >= MOST_READ || this.#kept >= MOST_KEPT;
  }

  /** No more files may be looked at whose names do not say that they are CRIU's. */
  get headsSpent(): boolean {
    return this.#heads >= MOST_HEADS;
  }

  /**
   * Whether a file comes by for the first time: hard links, and directories seen twice, lead to the same one.
   *
   * @param byContent whether only its head can tell that it is a log
   */
  isNew(file: Identity, byContent: boolean): boolean {
    const key = keyOf(file);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (byContent) this.#heads += 1;
    else this.#logs += 1;
    return true;
  }

  /** Counts what was read. */
  addRead(bytes: number): void {
    this.#read += bytes;
  }

  /** Counts what is kept of a log. */
  addKept({ log, firstError, names }: Pick<Run, 'log' | 'firstError' | 'names'>): void {
    const message = firstError === null ? 0 : firstError.message.length + firstError.source.length;
    this.#kept += log.length + message + names.reduce((sum, name) => sum + name.length, 0);
  }
}
