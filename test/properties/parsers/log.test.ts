import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine } from '../../../src/criu/log/line.ts';
import { NEAR_END, readLog } from '../../../src/criu/log/read.ts';
import { asBytes } from '../../../src/linux/bytes.ts';
import { bytesOf } from '../../support/arbitrary-bytes.ts';
import { holds } from '../../support/cases.ts';

/** The 12 bytes of print_ts() in criu/log.c: what does not fit is lost, and the last one is a blank. */
const stampOf = (seconds: number, micros: number): string => {
  const whole = `(${String(seconds).padStart(2, '0')}.${String(micros).padStart(6, '0')})`;
  return `${whole.slice(0, 11).padEnd(11)} `;
};

const seconds = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 99_999_999 }));
const micros = fc.integer({ min: 0, max: 999_999 });
const source = fc.tuple(
  fc.constantFrom(
    'criu/sk-unix.c',
    'cr-dump.c',
    'criu/pie/restorer.c',
    'compel/arch/x86/src/lib/infect.c',
    'a.S',
  ),
  fc.integer({ min: 1, max: 9999 }),
);
/** What CRIU says, without prefixes; none of it looks like one. */
const said = bytesOf('unix: ', '\tLD: x', 'a (b) c', 'caf\xc3\xa0', '.criu.mntns.aaaaaa', ': ', '1').map(
  (some) => `x${some.replace(/[\n\0]/g, '')}x`,
);

describe('a line', () => {
  const who = fc.oneof(
    fc.constantFrom('', 'pie: '),
    fc
      .integer({ min: 1, max: 4194304 })
      .chain((pid) => fc.constantFrom(`${String(pid).padStart(6)}: `, `pie: ${pid}: `)),
  );
  const stamp = fc.option(fc.tuple(seconds, micros));
  const level = fc.option(fc.tuple(fc.constantFrom('Error', 'Warn '), source));

  test('is taken apart as CRIU put it together', () =>
    holds(
      fc.property(stamp, who, level, said, fc.constantFrom('', ' ', '\r'), (at, from, marked, text, end) => {
        const [word, [file, number]] = marked ?? ['', ['', 0]];
        const mark = marked === null ? '' : `${word} (${file}:${number}): `;
        const line = `${at === null ? '' : stampOf(...at)}${from}${mark}${text}${end}`;
        const parsed = parseLine(asBytes(line));
        expect(parsed).toMatchObject({
          stamped: at !== null,
          level: marked === null ? null : word === 'Error' ? 'error' : 'warn',
          source: marked === null ? null : `${file}:${number}`,
          text,
        });
        if (at === null) expect(parsed.stampMs).toBeNull();
        else expectTime(parsed.stampMs, ...at);
      }),
      500,
    ));
});

/** Expects a stamp to be the time, as far as its digits were kept: of 8 digits of seconds one of a second is. */
function expectTime(stampMs: number | null, seconds: number, micros: number): void {
  const digits = Math.min(6, 9 - Math.max(2, String(seconds).length));
  const exact = seconds * 1000 + micros / 1000;
  expect(stampMs).not.toBeNull();
  expect(stampMs ?? Number.NaN).toBeLessThanOrEqual(exact + 1e-4);
  expect(stampMs ?? Number.NaN).toBeGreaterThan(exact - 10 ** (3 - digits) - 1e-4);
}

const told = (chunks: readonly string[]) => {
  const reader = readLog();
  for (const chunk of chunks) reader.chunk(asBytes(chunk));
  return reader.finish();
};

test('what a dump tells is what was written into it', () => {
  const errors = fc
    .tuple(source, said)
    .map(([[file, line], message]) => ({ kind: 'error', source: `${file}:${line}`, message }) as const);
  const six = fc.string({ unit: fc.constantFrom(...'aZ09'), minLength: 6, maxLength: 6 });
  const names = six.map((random) => ({ kind: 'name', name: `.criu.temp-aa-policy.${random}` }) as const);
  const closings = fc
    .constantFrom('succeeded', 'failed')
    .map((outcome) => ({ kind: 'closing', outcome }) as const);
  const others = said.map((text) => ({ kind: 'other', text: text.replaceAll('.criu.', '') }) as const);
  const events = fc.array(fc.tuple(micros, fc.oneof(errors, names, closings, others, others, others)), {
    maxLength: 30,
  });
  return holds(
    fc.property(events, (all) => {
      const lines = all.map(([at, event]) => `${stampOf(1, at)}${lineOf(event)}\n`);
      const log = `${stampOf(0, 0)}Version: 3.16.1 (gitid 0)\n${stampOf(0, 1)}Dumping processes (pid: 42)\n${lines.join('')}`;
      const failed = all.filter(([, event]) => event.kind === 'closing' && event.outcome === 'failed');
      const closing = all.map(([, event]) => event).findLast((event) => event.kind === 'closing');
      const error = all.map(([, event]) => event).find((event) => event.kind === 'error');
      expect(told([log])).toMatchObject({
        version: { text: '3.16.1' },
        operation: 'dump',
        closing: closing === undefined ? null : { operation: 'dump', outcome: closing.outcome },
        names: [...new Set(all.flatMap(([, event]) => (event.kind === 'name' ? [event.name] : [])))],
        firstError:
          error !== undefined
            ? { source: error.source, message: error.message }
            : failed.length > 0
              ? { source: 'criu/cr-dump.c:1781', message: 'Dumping FAILED.' }
              : null,
        errorNearEnd: all.slice(-NEAR_END).some(([, event]) => isError(event)),
      });
      const last = all.at(-1)?.[0];
      expect(told([log])?.lastStampMs).toBeCloseTo(last === undefined ? 0.001 : 1000 + last / 1000, 6);
    }),
    500,
  );
});

type Event =
  | { readonly kind: 'error'; readonly source: string; readonly message: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'closing'; readonly outcome: string }
  | { readonly kind: 'other'; readonly text: string };

const isError = (event: Event): boolean =>
  event.kind === 'error' || (event.kind === 'closing' && event.outcome === 'failed');

function lineOf(event: Event): string {
  switch (event.kind) {
    case 'error':
      return `Error (${event.source}): ${event.message}`;
    case 'name':
      return `rmrf: removing ${event.name}`;
    case 'closing':
      return event.outcome === 'failed'
        ? 'Error (criu/cr-dump.c:1781): Dumping FAILED.'
        : 'Dumping finished successfully';
    case 'other':
      return event.text;
  }
}

test('is read the same wherever it is cut, never throws, and gives no name that is none of CRIU’s', () => {
  const text = bytesOf(
    ...[
      '(00.000001) ',
      '(00.123456)pie: 7: ',
      '    42: ',
      'Error (criu/x.c:1): ',
      'Warn  (x.c:9): ',
      '\n',
      '\n\n',
    ],
    ...['Version: 3.16.1 (gitid 0)', 'Dumping FAILED.', 'Dumping finished successfully', 'CRIU run id = '],
    ...['Unable to remove /tmp/cr-tmpfs.aaaaaa: ', 'mnt: \t/tmp/.criu.mntns.aaaaaa/1', 'pie: '],
    ...['rmrf: removing ', 'a/../.criu.temp-aa-policy.bbbbbb', '.criu.temp-aa-policy.bbbbbbb', '/'],
  );
  const NAME = /^(?:\.criu\.(?:temp-aa-policy|mntns)|cr-tmpfs)\.[A-Za-z0-9]{6}$/;
  return holds(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (log, size) => {
      const chunks = log.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
      const whole = told([log]);
      expect(told(chunks)).toEqual(whole);
      for (const name of whole?.names ?? []) {
        expect(name).toMatch(NAME);
        expect(log).toContain(name);
      }
    }),
    500,
  );
});
