import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime } from '../../src/model/time.ts';

const LARGEST = 8.64e15;

test('isoTime says what Date says, whatever it was asked before', () => {
  const near = fc.integer({ min: -200_000, max: 200_000 });
  const far = fc.double({ min: -LARGEST, max: LARGEST, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, far), { minLength: 1 }), (times) => {
      expect(times.map(isoTime)).toEqual(times.map((ms) => new Date(ms).toISOString()));
    }),
  );
});

test('a time beyond what a Date holds is cut to that', () => {
  expect(isoTime(2 * LARGEST)).toBe('+275760-09-13T00:00:00.000Z');
  expect(isoTime(-2 * LARGEST)).toBe('-271821-04-20T00:00:00.000Z');
});
