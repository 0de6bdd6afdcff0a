import { expect, test } from 'vitest';
import type { Interruption } from '../../src/model/events.ts';
import { Stop } from '../../src/sweep/stop.ts';

test('nothing stops a sweep that nobody stops', () => {
  const stop = new Stop(() => null, null);
  for (let n = 0; n < 1000; n += 1) stop.countRemoval();
  expect([stop.asked(), stop.reason, stop.refused, stop.mayRemove()]).toEqual([null, null, false, true]);
});

test('as many removals as are allowed, and not one more', () => {
  const stop = new Stop(() => null, 2);
  const allowed = [1, 2, 3].map(() => {
    const may = stop.mayRemove();
    if (may) stop.countRemoval();
    return may;
  });
  expect(allowed).toEqual([true, true, false]);
  expect([stop.asked(), stop.refused]).toEqual([null, false]);
  stop.refuse();
  expect([stop.asked(), stop.reason, stop.refused]).toEqual(['max-removals', 'max-removals', true]);
});

test('a signal is heard when it comes, and counts over the number of removals', () => {
  let signal: Interruption | null = null;
  const stop = new Stop(() => signal, 0);
  expect(stop.asked()).toBeNull();
  signal = 'SIGTERM';
  expect([stop.asked(), stop.reason]).toEqual(['SIGTERM', null]);
  stop.refuse();
  expect(stop.reason).toBe('SIGTERM');
});

test('the first reason stays', () => {
  let signal: Interruption | null = 'timeout';
  const stop = new Stop(() => signal, null);
  stop.refuse();
  signal = 'SIGINT';
  stop.refuse();
  expect([stop.reason, stop.asked()]).toEqual(['timeout', 'timeout']);
  signal = null;
  expect(stop.asked()).toBe('timeout');
});
