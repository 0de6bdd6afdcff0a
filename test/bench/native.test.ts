import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { PREFIXES } from './native.ts';

it('the benchmark gives every contestant the names that our command looks for', () => {
  expect([...PREFIXES].sort()).toEqual(CATALOGUE.map(({ prefix }) => prefix).sort());
});
