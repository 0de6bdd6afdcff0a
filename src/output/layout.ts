import { isTerminal } from './is-terminal.ts';

/** The layout of a text report. */
export interface Layout {
  /** Columns of the terminal; infinite if there is none, and then no line is broken. */
  readonly width: number;
}

/**
 * The columns of stdout's terminal; infinite if it is none. `process.stdout` is touched only if it is one:
 * that alone makes a shared pipe non-blocking.
 */
export function widthOf(fd: number): number {
  const columns = isTerminal(fd) ? process.stdout.columns : 0;
  return columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

/** A terminal with fewer columns than this gets a small indent instead of a column. */
const NARROW = 72;
const COLUMN = 13;
const SMALL_INDENT = 4;

/** The indent of the lines that belong to a run, in columns. */
export function indentOf({ width }: Layout): number {
  return width < NARROW ? SMALL_INDENT : COLUMN;
}

/**
 * Breaks a text at its spaces so that each line fits. A word that is longer than a line is not broken. All
 * lines but the first are indented by `hanging` columns.
 */
export function wrap(text: string, { width }: Layout, hanging: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = `${' '.repeat(hanging)}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** Cuts a line that does not fit, and ends it with an ellipsis. */
export function cutTo(text: string, { width }: Layout): string {
  if (text.length <= width) return text;
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`;
}

const LARGEST_TIME_MS = 8.64e15;

/** Formats milliseconds since 1970 in local time: `2026-11-23 20:03:34`. */
export function localTime(ms: number): string {
  const date = new Date(Math.max(-LARGEST_TIME_MS, Math.min(LARGEST_TIME_MS, ms)));
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
