import { asBytes, bytes } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';
import type { Operation } from './closing.ts';

/**
 * The names that CRIU's callers give its logs, and the operation that such a name stands for. Sources: runc
 * (libcontainer/criu_linux.go), crun (src/libcrun/criu.c), podman and CRI-O pass the first three;
 * `criu.log` is CRIU's own default over RPC (DEFAULT_LOG_FILENAME in criu/include/criu-log.h);
 * `criu-dump.log` is what containerd copies a failed dump's log to.
 */
const LOG_NAMES: Readonly<Record<string, Operation>> = {
  'dump.log': 'dump',
  'pre-dump.log': 'pre-dump',
  'restore.log': 'restore',
  'criu.log': 'unknown',
  'criu-dump.log': 'dump',
};

/** The facts in a log's name. */
export interface LogName {
  /** The name without `.<pid>`. */
  readonly base: Bytes;
  /**
   * The task whose log this is, with `--log-pid` (log_init_by_pid() in criu/log.c): its pid as it sees
   * itself; `null`: the run's own log.
   */
  readonly pid: number | null;
  readonly operation: Operation;
}

const NAME = /^(.+?\.log)(?:\.(\d{1,10}))?$/s;

/**
 * Parses a file's name.
 *
 * @param name one component, no directory
 * @returns `null` for a name that is none of {@link LOG_NAMES}, alone or with a pid
 */
export function parseLogName(name: Bytes): LogName | null {
  if (!name.includes('.log')) return null;
  const [, base = '', pid] = NAME.exec(name) ?? [];
  const operation = Object.hasOwn(LOG_NAMES, base) ? LOG_NAMES[base] : undefined;
  if (operation === undefined) return null;
  return { base: asBytes(base), pid: pid === undefined ? null : Number(pid), operation };
}

/**
 * The operations that other names stand for, such as zdtm's `lazy-pages.log`, CRaC's `dump4.log` and Open
 * Liberty's `checkpoint.log`; the first that fits.
 */
const SPOKEN_OF: ReadonlyArray<readonly [RegExp, Operation]> = [
  [/lazy[-_.]?pages/, 'lazy-pages'],
  [/pre[-_.]?dump/, 'pre-dump'],
  [/restore/, 'restore'],
  [/dump|checkpoint/, 'dump'],
];

/** `*.log`, `*.log.*` and `*.log-*`, with the pid of `--log-pid`. */
const LIKE_LOG = /^(.*?\.log)(?:\.(\d{1,10})|[.-].*)?$/s;

/**
 * Parses a name that any program's log can have: `-o` gives CRIU's logs any name, and only content tells.
 *
 * @param name one component, no directory
 * @returns `null` for a name that is none of `*.log`, `*.log.*` and `*.log-*`
 */
export function parseNameLikeLog(name: Bytes): LogName | null {
  if (!name.includes('.log')) return null;
  const found = LIKE_LOG.exec(name);
  if (found === null) return null;
  const [, begin = '', pid] = found;
  const operation = SPOKEN_OF.find(([word]) => word.test(begin))?.[1] ?? 'unknown';
  return pid === undefined
    ? { base: name, pid: null, operation }
    : { base: asBytes(begin), pid: Number(pid), operation };
}

/**
 * The files in the work dir that prove a success if the log cannot. They are written when the operation is
 * done (write_stats() in criu/stats.c, called at the end of criu/cr-dump.c and criu/cr-restore.c).
 */
export function statsNames(operation: Operation): readonly Bytes[] {
  switch (operation) {
    case 'dump':
    case 'pre-dump':
      return [bytes`stats-dump`];
    case 'restore':
      return [bytes`stats-restore`];
    case 'lazy-pages':
      return [];
    case 'unknown':
      return [bytes`stats-dump`, bytes`stats-restore`];
  }
}

/** Limit of bytes that are read at the start of a log. */
export const READ_FROM_START = 64 * 1024;
export const READ_FROM_END = 64 * 1024 * 1024;

/** Bytes `start` to `end`, `end` not included. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * The pieces of a log to read: the whole if it is small enough, otherwise its start and its end; the reader
 * has to be told of the gap.
 *
 * @param size of the file, in bytes, when the reading starts; what is appended later is not read
 */
export function piecesToRead(size: number): readonly Piece[] {
  if (size <= READ_FROM_START + READ_FROM_END) return [{ start: 0, end: size }];
  return [
    { start: 0, end: READ_FROM_START },
    { start: size - READ_FROM_END, end: size },
  ];
}
