import ms, { type StringValue } from 'ms';
import { UsageError } from '../model/usage-error.ts';

const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/y;
const LONGEST_MS = 100 * 365.25 * 24 * 60 * 60 * 1000;
const EXPECTED = 'write a number and a unit (ms s m h d w), like 90s, 1.5h, 2d or 1h30m';

/**
 * Parses a duration as a user writes it: a number with a unit, or several of them. Returns milliseconds,
 * rounded up.
 *
 * @param option the option it is a value of, for the message
 * @throws UsageError for anything else, and for more than 100 years
 */
export function parseDuration(text: string, option: string): number {
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length || text === '') {
    const part = PART.exec(text)?.[0];
    const value = part === undefined || !isDuration(part) ? Number.NaN : ms(part);
    if (Number.isNaN(value)) throw new UsageError(`${option}: '${text}' is not a duration: ${EXPECTED}`);
    total += value;
  }
  if (total > LONGEST_MS) throw new UsageError(`${option}: '${text}' is more than 100 years`);
  return Math.ceil(total);
}

/** Parses a duration of more than 0. @throws UsageError */
export function parseInterval(text: string, option: string): number {
  const value = parseDuration(text, option);
  if (value === 0) throw new UsageError(`${option}: '${text}' is no time at all: give more than 0`);
  return value;
}

/** A duration as a user would write it, in the largest units that are exact: 5400000 is `1h30m`. */
export function formatDuration(durationMs: number): string {
  let rest = durationMs;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['w', ms('1w')],
  ['d', ms('1d')],
  ['h', ms('1h')],
  ['m', ms('1m')],
  ['s', ms('1s')],
  ['ms', 1],
];

/** Whether `ms` can read a part. It reads at most a hundred characters; nobody means a longer duration. */
function isDuration(part: string): part is StringValue {
  return part.length <= 100;
}
