import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/usage-error.ts';
import { formatDuration, parseDuration, parseInterval } from '../../src/request/duration.ts';

const parse = (text: string): number => parseDuration(text, '--older-than');

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['0ms', 0],
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['90m', 5_400_000],
    ['1h', 3_600_000],
    ['1.5h', 5_400_000],
    ['1.25h', 4_500_000],
    ['0.5d', 43_200_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['3w', 1_814_400_000],
    ['1h30m', 5_400_000],
    ['1d12h30m15s', 131_415_000],
    ['1w2d3h4m5s6ms', 788_645_006],
    ['1h1h', 7_200_000],
    ['0.5ms', 1],
    ['007s', 7000],
    ['100w', 60_480_000_000],
  ])('%s is %d ms', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '60',
    '1',
    '0',
    '-1h',
    '+1h',
    '1M',
    '1mo',
    '1y',
    'y',
    '101w1y',
    '1month',
    '1H',
    '1MS',
    '1 h',
    ' 1h',
    '1h ',
    '1h 30m',
    'h',
    '.5h',
    '1.h',
    '1..5h',
    '1e3s',
    '1e999d',
    '1h1',
    '1h30',
    'one hour',
    '1,5h',
    '0x10s',
    '1min',
    '1hour',
    '1 hours',
    '１h',
    'NaNs',
    'NaNh',
    'Infinity',
    'Infinitys',
    '1h-30m',
    '1h\n',
  ])('%j is none', (text) => {
    expect(() => parse(text)).toThrow(UsageError);
  });

  it.each([
    '101w0.1w9999999h',
    '36526d',
    '876601h',
    '5218w',
    '99999999999999999999h',
    `${'9'.repeat(400)}h`,
  ])('%s is too long', (text) => {
    expect(() => parse(text)).toThrow(UsageError);
  });

  it('may have leading zeros, up to a hundred characters', () => {
    expect(parse(`${'0'.repeat(98)}1s`)).toBe(1000);
    expect(() => parse(`${'0'.repeat(99)}1s`)).toThrow(UsageError);
  });

  it('may be a hundred years', () => {
    expect(parse('36525d')).toBe(36_525 * 86_400_000);
  });

  it('is at least something for an interval', () => {
    expect(() => parseInterval('0s', '--every')).toThrow('--every');
    expect(parseInterval('1ms', '--every')).toBe(1);
  });

  it('is rounded up to whole milliseconds, all parts together', () => {
    expect(parse('0.1ms')).toBe(1);
    expect(parse('1.2ms1.2ms')).toBe(3);
    expect(parse('0.9ms0.1ms')).toBe(1);
  });

  it('is read the same after one that was refused', () => {
    expect(() => parse('1h1x')).toThrow(UsageError);
    expect(parse('2m')).toBe(120_000);
  });

  it.each([
    [0, '0s'],
    [1, '1ms'],
    [1000, '1s'],
    [60_000, '1m'],
    [5_400_000, '1h30m'],
    [604_800_000, '1w'],
    [788_645_006, '1w2d3h4m5s6ms'],
  ])('%d ms is written %s', (value, text) => {
    expect(formatDuration(value)).toBe(text);
  });

  it('comes back from what it is written as', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3e12 }), (value) => parse(formatDuration(value)) === value),
    );
  });
});
