import type { Bytes } from '../../model/model.ts';
import { parseVersion, type Version } from '../version.ts';
import { type Closing, closingOf, type Operation, operationOf } from './closing.ts';
import { copyOf, FirstError, type LoggedError } from './first-error.ts';
import { type LogLine, parseLine } from './line.ts';
import { cutLines } from './lines.ts';
import { nameIn } from './naming-lines.ts';

/** The facts in a log itself, without its name, its time stamps on disk and the files beside it. */
export interface LogTold {
  /** There is nothing in it but blanks and NUL bytes: a quiet run may have had nothing to say. */
  readonly empty: boolean;
  /** Lines have time stamps: log level 3 or more, so a success would have been logged. */
  readonly stamped: boolean;
  /** Milliseconds from the run's start to the last stamped line; `null` where that cannot be told. */
  readonly lastStampMs: number | null;
  readonly version: Version | null;
  /** The operation, by the lines that only one operation writes. The closing line is more reliable. */
  readonly operation: Operation;
  /** The last closing line. It need not be the last line. */
  readonly closing: Closing | null;
  /** The first error that matters: see {@link FirstError}. */
  readonly firstError: LoggedError | null;
  /** One of the last {@link NEAR_END} lines is an error. */
  readonly errorNearEnd: boolean;
  /** The directories made with mkdtemp(3) that CRIU names, without the directory they are in. */
  readonly names: readonly Bytes[];
}

/** Limit of lines that a run without a closing line may still have written after its last error. */
export const NEAR_END = 10;

/** Limit of names kept. A run makes fewer than ten directories; a forged log may name more. */
const MAX_NAMES = 64;

/** A log that was cut within its first line. */
const CUT_FIRST_LINE = /^\(\d{2}(?:\.\d{0,6}\)?)?$|^(?:Error|Warn ) \((?:criu|compel|soccr|cr-)/;

/** Length of `(00.0 `: a shorter line has no stamp, no level and no word that means anything. */
const SHORTEST = 6;

/** Reads one log, chunk by chunk, in memory that does not grow with it. */
export interface LogReader {
  /** The next bytes, cut anywhere. */
  chunk(bytes: Bytes): void;
  /** Bytes were left out here. */
  gap(): void;
  /** Something in CRIU's format was seen. */
  recognised(): boolean;
  /** Lines were seen, and nothing in CRIU's format. After 64 KiB of that, a file need not be read on. */
  isOther(): boolean;
  /** The end. `null`: this is no log of CRIU's. To be called once. */
  finish(): LogTold | null;
}

/** Starts reading a log. Never throws, whatever the bytes. */
export function readLog(): LogReader {
  let seen = nothingSeen();
  const cutter = cutLines((line, whole) => {
    if (isBlank(line)) return;
    if (line.length < SHORTEST && whole) {
      seen.anything = true;
      seen.linesSinceError += 1;
      return;
    }
    if (!whole && !seen.anything && CUT_FIRST_LINE.test(line)) seen.recognised = true;
    const parsed = parseLine(line);
    if (isAnotherRun(seen, parsed.text)) seen = nothingSeen(seen.names);
    see(seen, parsed);
  });
  return {
    chunk: cutter.chunk,
    gap: cutter.gap,
    recognised: () => seen.recognised,
    isOther: () => seen.anything && !seen.recognised,
    finish() {
      cutter.end();
      return seen.anything && !seen.recognised ? null : told(seen);
    },
  };
}

interface Seen {
  anything: boolean;
  recognised: boolean;
  stamped: boolean;
  lastStampMs: number | null;
  version: Version | null;
  operation: Operation;
  closing: Closing | null;
  readonly errors: FirstError;
  linesSinceError: number;
  readonly names: Set<Bytes>;
}

/** @param names those of the runs before in the same file, which are the file's all the same */
function nothingSeen(names = new Set<Bytes>()): Seen {
  return {
    anything: false,
    recognised: false,
    stamped: false,
    lastStampMs: null,
    version: null,
    operation: 'unknown',
    closing: null,
    errors: new FirstError(),
    linesSinceError: Number.POSITIVE_INFINITY,
    names,
  };
}

/**
 * Whether a further run begins with this line: CRIU truncates its log, but a shell can append its stderr to a
 * file (`2>>criu.log`). Then the last run counts. A run says its version once, and before it does anything
 * (log_init() in criu/log.c).
 */
function isAnotherRun({ version, operation, closing }: Seen, text: Bytes): boolean {
  if (version === null && operation === 'unknown' && closing === null) return false;
  return text.startsWith('Version: ') && text.includes(' (gitid ');
}

function see(seen: Seen, line: LogLine): void {
  const { text } = line;
  const closing = closingOf(text);
  seen.anything = true;
  seen.recognised ||= line.stamped || line.level !== null || closing !== null;
  if (line.stamped) {
    seen.stamped = true;
    seen.lastStampMs = line.stampMs;
  }
  seen.version ??= text.startsWith('Version:') ? parseVersion(copyOf(text)) : null;
  const operation = operationOf(text);
  if (operation !== null) {
    seen.operation = operation;
    seen.errors.begin();
  }
  seen.closing = closing ?? seen.closing;
  seeError(seen, line, closing);
  const name = nameIn(text);
  if (name !== null && seen.names.size < MAX_NAMES) seen.names.add(copyOf(name));
}

function seeError(seen: Seen, line: LogLine, closing: Closing | null): void {
  const isError = line.level === 'error' || line.text.startsWith('Error (');
  seen.linesSinceError = isError ? 0 : seen.linesSinceError + 1;
  if (line.level === 'error' && line.source !== null)
    seen.errors.add(line.text, line.source, closing !== null);
}

function told(seen: Seen): LogTold {
  const errorNearEnd = seen.linesSinceError < NEAR_END;
  return {
    empty: !seen.anything,
    stamped: seen.stamped,
    lastStampMs: seen.lastStampMs,
    version: seen.version,
    operation: seen.operation,
    closing: seen.closing,
    firstError: seen.errors.get(seen.closing, errorNearEnd),
    errorNearEnd,
    names: [...seen.names],
  };
}

/** Blank, or the NUL bytes that a power loss leaves at the end of a file. */
function isBlank(line: Bytes): boolean {
  return line === '' || /^[\0\t-\r ]*$/.test(line);
}
