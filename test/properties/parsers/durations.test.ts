import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/model/usage-error.ts';
import { formatDuration, parseDuration } from '../../../src/request/duration.ts';
import { holds } from '../../support/cases.ts';

const UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 } as const;
const PARTS = { '': 0, '.0': 0, '.25': 1, '.5': 2, '.75': 3, '.250': 1 } as const;
const HUNDRED_YEARS = 36_525 * 864e5;

const parse = (text: string): number => parseDuration(text, '--older-than');
const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w');
const part = fc.constantFrom('', '.0', '.25', '.5', '.75', '.250');
const term = fc.tuple(fc.integer({ min: 0, max: 2000 }), part, unit);

test('is the sum of its terms to the millisecond, rounded up; more than a hundred years are refused', () =>
  holds(
    fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
      const text = terms.map((each) => each.join('')).join('');
      // In quarters of a millisecond every term is a whole number.
      const quarters = terms.reduce(
        (all, [whole, some, name]) => all + (4 * whole + PARTS[some]) * UNITS[name],
        0,
      );
      if (quarters > 4 * HUNDRED_YEARS) expect(() => parse(text)).toThrow(UsageError);
      else expect(parse(text)).toBe(Math.ceil(quarters / 4));
    }),
    500,
  ));

test('is what has the form that the contract gives it, and nothing else: the rest is a mistake of the user’s', () => {
  const pieces = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('1', '30', '.5', 'h', 'm', 'ms', 's', 'd', 'w') },
    { weight: 1, arbitrary: fc.constantFrom('mo', '-', '+', ' ', 'y', 'e3', '\n', '٣', 'H', ',', '.') },
    { weight: 1, arbitrary: fc.string({ maxLength: 3 }) },
  );
  const text = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''));
  return holds(
    fc.property(text, (some) => {
      const isOne = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|[smhdw]))+$/.test(some) && !some.endsWith('\n');
      try {
        const value = parse(some);
        expect([isOne, Number.isSafeInteger(value), value >= 0]).toEqual([true, true, true]);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        expect(!isOne || error.message.endsWith('more than 100 years')).toBe(true);
      }
    }),
    500,
  );
});

test('comes back from what it is written as', () =>
  holds(
    fc.property(fc.integer({ min: 0, max: HUNDRED_YEARS }), (value) => {
      expect(parse(formatDuration(value))).toBe(value);
    }),
    500,
  ));
