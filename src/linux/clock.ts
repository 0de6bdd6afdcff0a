/**
 * Milliseconds since some moment, by a clock that is never set back (CLOCK_MONOTONIC). Node's `performance` is the same
 * clock, but the first use of it loads a dozen modules.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
