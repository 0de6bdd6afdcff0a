import { expect, test } from 'vitest';
import { bytes } from '../../src/linux/bytes.ts';
import { Bearings } from '../../src/request/bearings.ts';

test('a target holds as long as it leads to the same place as at first', () => {
  const bearings = new Bearings();
  expect(bearings.holds('/link', bytes`/a`)).toBe(true);
  expect(bearings.holds('/link', bytes`/a`)).toBe(true);
  expect(bearings.holds('/link', bytes`/b`)).toBe(false);
  expect(bearings.holds('/link', bytes`/a`)).toBe(true);
  expect(bearings.holds('/other', bytes`/b`)).toBe(true);
});

test('a relative target is reached only from where it starts', () => {
  const bearings = new Bearings();
  const reached = () => ['/a', 'a', './a', ''].filter((written) => bearings.reaches(written));
  expect(reached()).toEqual(['/a', 'a', './a', '']);
  bearings.atStart(false);
  expect(reached()).toEqual(['/a']);
  bearings.atStart(true);
  expect(reached()).toEqual(['/a', 'a', './a', '']);
});
