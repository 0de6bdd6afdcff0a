import { describe, expect, it } from 'vitest';
import { median, medianDifference, medianRatio, pairwiseRatios, rotated } from './statistics.ts';

const rounds = (...values: number[]) => values.map((value, round) => ({ round, value }));

describe('median', () => {
  it('is the middle of an odd number of values, compared as numbers', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([7])).toBe(7);
  });
  it('is the mean of the two middle ones of an even number', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });
  it('leaves its argument as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
  it('refuses an empty list', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('ratios', () => {
  it('divide only what was measured in the same round', () => {
    expect(pairwiseRatios(rounds(2, 9, 8), [{ round: 2, value: 4 }, ...rounds(1)])).toEqual([2, 2]);
  });
  it('are not thrown off by one disturbed round, as a ratio of means would be', () => {
    expect(medianRatio(rounds(2, 20, 2), rounds(1, 10, 1))).toBe(2);
    expect(medianRatio(rounds(2, 2, 200), rounds(1, 1, 1))).toBe(2);
  });
  it('are unknown where no round has both, or where nothing was measured below the line', () => {
    expect(medianRatio([{ round: 0, value: 1 }], [{ round: 1, value: 1 }])).toBeNull();
    expect(medianRatio(rounds(1), rounds(0))).toBeNull();
  });
});

describe('medianDifference', () => {
  it('subtracts pair by pair', () => {
    expect(medianDifference(rounds(50, 61, 90), rounds(40, 50, 60))).toBe(11);
    expect(medianDifference(rounds(1), [])).toBeNull();
  });
});

describe('rotated', () => {
  it('lets every contestant be first once in as many rounds as there are contestants', () => {
    const list = ['a', 'b', 'c'];
    expect([0, 1, 2, 3].map((round) => rotated(list, round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
    expect(rotated([], 4)).toEqual([]);
  });
});
