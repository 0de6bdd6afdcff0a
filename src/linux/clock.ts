/**
 * Milliseconds since some moment, by a clock that is never set back (CLOCK_MONOTONIC). Node's `performance`
 * uses the same clock, but its first use loads a dozen modules.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
