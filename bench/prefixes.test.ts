import { expect, it } from 'vitest';
import { CATALOGUE } from '../src/criu/catalogue.ts';
import { GROWN, PREFIXES } from './prefixes.ts';

it('the benchmark gives every contestant the names that our command looks for', () => {
  expect([...PREFIXES].sort()).toEqual(CATALOGUE.map(({ prefix }) => prefix).sort());
});

it('the benchmark grows leftovers of the kinds that nothing is ever mounted on', () => {
  const neverMounted = CATALOGUE.filter(({ mountable }) => !mountable).map(({ prefix }) => prefix);
  expect([...GROWN].sort()).toEqual(neverMounted.sort());
});
