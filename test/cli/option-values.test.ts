import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { expectRefused } from '../support/refused.ts';
import type { Report } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';

const policyOf = async (...args: string[]): Promise<Report['policy']> =>
  (await sweep(['-n', ...args, scratch()])).report.policy;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

test.each([
  ['90s', 90_000],
  ['1.5h', 1.5 * HOUR],
  ['2d', 2 * DAY],
  ['1h30m', 1.5 * HOUR],
  ['250ms', 250],
  ['0s', 0],
  ['0ms', 0],
  ['3w', 21 * DAY],
  ['0.5d', 12 * HOUR],
  ['1w2d3h4m5s6ms', 9 * DAY + 3 * HOUR + 4 * MINUTE + 5006],
  ['90m', 90 * MINUTE],
  ['36500d', 36_500 * DAY],
])('--older-than %s is %d ms', async (text, olderThanMs) => {
  expect(await policyOf('--older-than', text)).toMatchObject({ olderThanMs });
});

test.each([
  ...[
    '',
    ' ',
    '60',
    '0',
    '1M',
    '1mo',
    '1y',
    'y',
    '1month',
    '-1h',
    '+1h',
    '1h-30m',
    '1H',
    '1MS',
    'h',
    '1',
    '1.h',
    '1..5h',
  ],
  ...['1,5h', '1e3s', '0x10s', 'Infinity', 'NaNh', '1h1', '1h ', '1hour', '1 hours', '１h', '1h\n', '101w1y'],
  ...['876601h', '36526d', '5218w', '99999999999999999999d', '1e999d', `${'9'.repeat(400)}s`],
])('--older-than %j is refused', (text) => expectRefused([`--older-than=${text}`], /--older-than/));

test.each([
  ['0700', '0700'],
  ['700', '0700'],
  ['0', '0000'],
  ['2700', '2700'],
  ['7777', '7777'],
  ['any', null],
])('--mode %s is %s', async (text, mode) => {
  expect((await policyOf('--mode', text)).mode).toBe(mode);
});

test.each([
  '',
  '8',
  '0800',
  '10000',
  '77777',
  'rwx',
  'u=rwx',
  '-700',
  '0x1c0',
  'ANY',
  '7 00',
  '0700,0777',
])('--mode %j is refused', (text) => expectRefused([`--mode=${text}`], /--mode/));

test.each([
  ['root', 0],
  ['0', 0],
  ['65534', 65534],
  ['4000000000', 4000000000],
  ['any', null],
])('--owner %s is %s', async (text, owner) => {
  expect((await policyOf('--owner', text)).owner).toBe(owner);
});

test.each([
  '',
  'no-such-user-here',
  '-1',
  '4294967295',
  '99999999999',
  '1.5',
  '0x0',
  'root ',
  'ro*t',
  '-n',
  '$(id)',
])('--owner %j is refused', (text) => expectRefused([`--owner=${text}`], /--owner/));

test.each(['1', '2', '100000'])('--max-depth %s is taken', async (text) => {
  expect((await policyOf('--max-depth', text)).maxDepth).toBe(Number(text));
});

test.each([
  '',
  '0',
  '-1',
  '1.5',
  '1e2',
  'x',
  '0x2',
  ' 1',
  'none',
  '99999999999999999999',
])('--max-depth %j is refused', (text) => expectRefused([`--max-depth=${text}`], /--max-depth/));

test.each(['', '/', 'a/b', '.criu.mnt./', 'x'.repeat(250)])('--prefix %j is refused', (text) =>
  expectRefused([`--prefix=${text}`], /--prefix/));

test.each(['mtime', 'ctime', 'birthtime', 'newest'])('--age-by %s is taken', async (text) => {
  expect((await policyOf('--age-by', text)).ageBy).toBe(text);
});

test.each([
  '',
  'atime',
  'MTIME',
  'mtime,ctime',
  'm',
])('--age-by %j is refused, and the choices are said', (text) =>
  expectRefused([`--age-by=${text}`], /--age-by.*mtime.*ctime.*birthtime.*newest/));

test.each(['', 'xml', 'JSON', 'text,json'])('--format %j is refused, and the choices are said', (text) =>
  expectRefused([`--format=${text}`], /--format.*text.*json.*ndjson/));

test.each(['', 'sometimes', 'true', 'AUTO'])('--color %j is refused, and the choices are said', (text) =>
  expectRefused([`--color=${text}`], /--color.*auto.*always.*never/));

test.each(['', '0', '10', '1y', '-1s'])('--max-runtime %j is refused', (text) =>
  expectRefused([`--max-runtime=${text}`], /--max-runtime/));

test('the defaults are the documented ones', async () => {
  const policy = await policyOf();
  expect(policy).toMatchObject({ olderThanMs: HOUR, ageBy: 'mtime', mode: '0700', maxDepth: null });
  expect(policy).toMatchObject({ crossDevice: false, exclude: [], owner: process.geteuid?.() });
  expect(policy.prefixes).toHaveLength(10);
});

test('a value with control characters is refused in one harmless line', async () => {
  const { code, err } = await run(['--older-than', '1\n\x1b[31mh', scratch()]);
  expect(code).toBe(2);
  expect(err).toMatch(/^criu-sweep: --older-than: '1[^\n\x1b]+\\x1b\[31mh[^\n\x1b]+\n$/);
});
