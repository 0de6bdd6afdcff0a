import { asBytes } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';

/** One line of a log, taken apart. */
export interface LogLine {
  /** It begins with a time stamp, as every line does at log level 3 and up. */
  readonly stamped: boolean;
  /**
   * Milliseconds since the run's start; `null` without a stamp, or if the clock was set back and spoilt the
   * stamp.
   */
  readonly stampMs: number | null;
  readonly level: 'error' | 'warn' | null;
  /** `criu/sk-unix.c:864`, for errors and warnings only. */
  readonly source: Bytes | null;
  /** The text after the prefixes, without blanks at its end; a leading tab is kept. */
  readonly text: Bytes;
}

/**
 * `(SS.uuuuuu) `: print_ts() in criu/log.c has room for twelve characters, so from 100 s on the last ones are
 * lost, and with some versions the closing parenthesis. Seconds are printed unsigned: a clock stepped back
 * gives ten digits. The code that CRIU puts into a task (v2.11 to v3.8) leaves no blank before its `pie: `.
 */
const STAMP = /^\((?:(\d{2,9})\.(\d{1,6})|\d{9,10}\.?)\)?(?: |(?=pie: ))/;

/**
 * The pid of a restored task, `%6d: ` (log_init_by_pid() in criu/log.c), or `pie: ` with or without a pid,
 * for what CRIU's code says inside a task (compel/plugins/std/log.c).
 */
const WHO = /^(?:pie: (?:\d{1,10}: )?| *\d{1,10}: )/;

/** `Error (FILE:LINE): ` and `Warn  (FILE:LINE): `: criu/include/criu-log.h, the same since v0.1. */
const LEVEL = /^(Error|Warn) {1,2}\(([^\s():]{1,256}\.[chS]:\d{1,9})\): ?/;

/**
 * Takes a line apart: `[(SS.uuuuuu) ][%6d: ][Error (FILE:LINE): |Warn  (FILE:LINE): ]text`.
 *
 * @param line without its line feed; any bytes
 * @returns a line without any prefix is all text; never throws
 */
export function parseLine(line: Bytes): LogLine {
  const stamp = line.startsWith('(') ? STAMP.exec(line) : null;
  const afterStamp = stamp === null ? line : line.slice(stamp[0].length);
  const who = WHO.exec(afterStamp);
  const afterWho = who === null ? afterStamp : afterStamp.slice(who[0].length);
  const level = afterWho.startsWith('Error') || afterWho.startsWith('Warn') ? LEVEL.exec(afterWho) : null;
  return {
    stamped: stamp !== null,
    stampMs: stamp?.[1] === undefined ? null : toMs(stamp[1], stamp[2] ?? ''),
    level: level === null ? null : level[1] === 'Error' ? 'error' : 'warn',
    source: level?.[2] === undefined ? null : asBytes(level[2]),
    text: trimEnd(level === null ? afterWho : afterWho.slice(level[0].length)),
  };
}

/**
 * Milliseconds of a stamp. Microseconds are padded on the right: of `100.1234` only the last digits were cut.
 */
function toMs(seconds: string, fraction: string): number {
  return Number(seconds) * 1000 + Number(fraction.padEnd(6, '0')) / 1000;
}

/**
 * Removes ASCII blanks at the end. `String.trimEnd` would also remove 0xA0, which can be the last byte of a
 * UTF-8 letter.
 */
function trimEnd(text: Bytes): Bytes {
  let end = text.length;
  while (end > 0 && ' \t\r\0'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
