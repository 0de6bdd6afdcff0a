/** The largest time a Date can hold, in milliseconds (ECMA-262, "Time Values and Time Range"). */
const LARGEST_TIME_MS = 8.64e15;

const MINUTE_MS = 60_000;

/**
 * The last minute and its text, kept because V8 prints a Date slowly, with snprintf, and the times of
 * leftovers lie close together.
 */
const last = { minute: Number.NaN, text: '' };

/** A file's time in milliseconds since 1970, cut to the range of Date: file systems have longer ones (tmpfs, btrfs). */
export function withinDate(ms: number): number {
  return Math.max(-LARGEST_TIME_MS, Math.min(LARGEST_TIME_MS, ms));
}

/** ISO 8601 UTC of milliseconds since 1970. A file's time beyond the range of Date is cut to that range. */
export function isoTime(ms: number): string {
  const time = Math.trunc(withinDate(ms));
  const minute = Math.floor(time / MINUTE_MS);
  if (minute !== last.minute) {
    last.minute = minute;
    last.text = new Date(minute * MINUTE_MS).toISOString().slice(0, -'00.000Z'.length);
  }
  const rest = time - minute * MINUTE_MS;
  const seconds = `${Math.floor(rest / 1000)}`.padStart(2, '0');
  const milliseconds = `${rest % 1000}`.padStart(3, '0');
  return `${last.text}${seconds}.${milliseconds}Z`;
}
