import { CronExpressionParser } from 'cron-parser';
import { expect, test } from 'vitest';
import { CALENDAR_INTERVALS, cronFields } from '../../../src/commands/schedule/interval.ts';
import { formatDuration, parseDuration } from '../../../src/request/duration.ts';
import { need } from '../../support/abilities.ts';
import { program } from '../../support/command.ts';

const each = CALENDAR_INTERVALS.map((interval) => ({ ...interval, every: formatDuration(interval.everyMs) }));

test.each(each)('cron runs "$cron" every $every, exactly and always', ({ cron, everyMs }) => {
  const times = CronExpressionParser.parse(cron, { currentDate: '2026-01-30T22:22:22Z', tz: 'UTC' });
  let before = times.next().getTime();
  for (let run = 0; run < 400; run += 1) {
    const next = times.next().getTime();
    expect(next - before).toBe(everyMs);
    before = next;
  }
});

test.for(each)('systemd takes "$onCalendar" for every $every', async ({ onCalendar, everyMs }, context) => {
  need(context, 'systemd-analyze');
  const argv = [
    'systemd-analyze',
    'calendar',
    '--iterations=3',
    '--base-time=2026-01-30 22:22:22',
    onCalendar,
  ];
  const { out } = await program(argv, { env: { TZ: 'UTC' } });
  const times = [...out.matchAll(/(?:Next elapse|Iteration #\d+|Iter\. #\d+): \w+ (.*)$/gm)].map(([, time]) =>
    Date.parse(`${time}`),
  );
  expect(times).toHaveLength(3);
  expect(times.slice(1).map((time, at) => time - (times[at] ?? 0))).toEqual([everyMs, everyMs]);
});

test.each([
  ['90m', '1h or 2h'],
  ['7m', '6m or 10m'],
  ['45m', '30m or 1h'],
  ['5h', '4h or 6h'],
  ['36h', '1d or 1w'],
  ['30s', '1m or 2m'],
  ['2w', '1d or 1w'],
  ['1h1ms', '1h or 2h'],
])('cron cannot say %s: the nearest two are %s', (every, nearest) => {
  expect(() => cronFields(parseDuration(every, '--every'))).toThrow(`write ${nearest},`);
});

test('what is the same is the same: 60m is 1h, 24h is 1d, 7d is 1w', () => {
  const fields = (every: string) => cronFields(parseDuration(every, '--every'));
  expect([fields('60m'), fields('24h'), fields('7d')]).toEqual([fields('1h'), fields('1d'), fields('1w')]);
});
