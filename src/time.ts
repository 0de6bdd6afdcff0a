/** The largest time a Date can hold, in milliseconds (ECMA-262, "Time Values and Time Range"). */
const LARGEST_TIME_MS = 8.64e15;

/** ISO 8601 UTC of milliseconds since 1970; a file's time can lie beyond what a Date holds and is cut to that. */
export function isoTime(ms: number): string {
  return new Date(Math.max(-LARGEST_TIME_MS, Math.min(LARGEST_TIME_MS, ms))).toISOString();
}
