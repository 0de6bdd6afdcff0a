import ms from 'ms';
import { UsageError } from '../../model/usage-error.ts';
import { formatDuration } from '../../request/duration.ts';

/** An interval that a calendar can say exactly: as a crontab's five fields, and as systemd's OnCalendar=. */
export interface CalendarInterval {
  /** Milliseconds. */
  readonly everyMs: number;
  readonly cron: string;
  readonly onCalendar: string;
}

/** The time of a sweep: at night, and off the full hour, when most other jobs start. */
const MINUTE = 17;
const HOUR = 3;

const MINUTES = [2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
const HOURS = [2, 3, 4, 6, 8, 12];

/** All such intervals, the shortest first: the divisors of an hour and of a day, a day, and a week. */
export const CALENDAR_INTERVALS: readonly CalendarInterval[] = [
  { everyMs: ms('1m'), cron: '* * * * *', onCalendar: '*:0/1' },
  ...MINUTES.map((n) => ({ everyMs: n * ms('1m'), cron: `*/${n} * * * *`, onCalendar: `*:0/${n}` })),
  { everyMs: ms('1h'), cron: `${MINUTE} * * * *`, onCalendar: 'hourly' },
  ...HOURS.map((n) => ({ everyMs: n * ms('1h'), cron: `${MINUTE} */${n} * * *`, onCalendar: `0/${n}:00` })),
  { everyMs: ms('1d'), cron: `${MINUTE} ${HOUR} * * *`, onCalendar: 'daily' },
  { everyMs: ms('1w'), cron: `${MINUTE} ${HOUR} * * 0`, onCalendar: 'weekly' },
];

/** Finds the calendar's expression of an interval. @param everyMs milliseconds */
export function calendarInterval(everyMs: number): CalendarInterval | undefined {
  return CALENDAR_INTERVALS.find((interval) => interval.everyMs === everyMs);
}

/**
 * A crontab's five fields for an interval.
 *
 * @throws UsageError, naming the nearest two, if cron has none exactly
 */
export function cronFields(everyMs: number): string {
  const exact = calendarInterval(everyMs);
  if (exact !== undefined) return exact.cron;
  const [one, other] = nearestTwo(everyMs).map((interval) => formatDuration(interval.everyMs));
  throw new UsageError(
    `--every: cron cannot say ${formatDuration(everyMs)} exactly: write ${one} or ${other}, or schedule systemd, which can`,
  );
}

function nearestTwo(everyMs: number): readonly CalendarInterval[] {
  const above = CALENDAR_INTERVALS.findIndex((interval) => interval.everyMs > everyMs);
  const first = above < 0 ? CALENDAR_INTERVALS.length - 2 : Math.max(0, above - 1);
  return CALENDAR_INTERVALS.slice(first, first + 2);
}
