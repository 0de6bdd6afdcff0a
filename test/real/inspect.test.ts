import { describe, expect, test } from 'vitest';
import { ATTEMPTS } from './attempts.ts';
import { factsOf } from './facts.ts';
import { leftBy, tried } from './tried.ts';

const facts = factsOf('leftovers');

const logOf = (name: string, operation: string) => `/srv/criu/${name}/${operation}.log`;

/** The log of the run that `inspect` says it is of. */
const runOf = (path: string) => facts.inspection('inspect').items.find((item) => item.path === path)?.run;

const LOGGED = ATTEMPTS.filter(({ outcome }) => outcome !== null);

describe.each(LOGGED)('inspect on $name', ({ name, operation, outcome, left }) => {
  test(`its log is of a ${operation}: ${outcome}`, () => {
    const run = facts.inspection('inspect').runs.find(({ log }) => log === logOf(name, operation));
    expect(run).toMatchObject({ operation, outcome, version: '3.17.1', affected: false });
  });

  for (const { prefix, ofNoRun } of left.filter(({ where }) => where === 'work dir'))
    test(`${prefix} in its work dir is ${ofNoRun ? 'of no run' : 'of that run'}`, () => {
      expect(runOf(leftBy(name, prefix).path)).toBe(ofNoRun ? null : logOf(name, operation));
    });

  // From there on its log names it: "mnt: …/tmp/.criu.mntns.X/…".
  if (left.some(({ prefix, mode }) => prefix === '.criu.mntns.' && mode === '777'))
    test('.criu.mntns. in /tmp is of that run, too', () => {
      expect(runOf(leftBy(name, '.criu.mntns.').path)).toBe(logOf(name, operation));
    });
});

test('inspect shows every leftover, and removes none', () => {
  const { items, exitCode } = facts.inspection('inspect');
  const left = [...tried().values()].flatMap((each) => each.left.map(({ path }) => path));
  expect(items.map(({ path }) => path).toSorted()).toEqual(left.toSorted());
  expect(exitCode).toBe(0);
  expect(facts.lines('inspect.after')).toEqual(facts.lines('inspect.before'));
});
