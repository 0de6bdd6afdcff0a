import { describe, expect, test } from 'vitest';
import { ATTEMPTS } from './attempts.ts';
import { factsOf, prefixOf } from './facts.ts';
import { tried } from './tried.ts';

const facts = factsOf('leftovers');
/** The kinds that do not lie in the work dir. */
const IN_TMP: ReadonlySet<string> = new Set([
  '.criu.mntns.',
  'crtools-proc.',
  'cr-tmpfs.',
  '.criu.mnt.',
  '.criu.move_mount_set_group.',
]);
const logOf = (name: string, operation: string) => `/srv/criu/${name}/${operation}.log`;

describe.each(ATTEMPTS.filter(({ outcome }) => outcome !== null))('$name', ({
  name,
  operation,
  outcome,
  left,
}) => {
  test(`its log is of a ${operation} that ${outcome}`, () => {
    const run = facts.inspection('inspect').runs.find(({ log }) => log === logOf(name, operation));
    expect(run).toMatchObject({ operation, outcome, version: '3.17.1', affected: false });
  });

  for (const { prefix, ofNoRun } of left.filter(({ prefix }) => !IN_TMP.has(prefix)))
    test(`${prefix} in its work dir is ${ofNoRun ? 'of no run' : 'of that run'}`, () => {
      const { path } =
        tried()
          .get(name)
          ?.left.find((each) => prefixOf(each.path) === prefix) ?? {};
      const item = facts.inspection('inspect').items.find((each) => each.path === path);
      expect(item?.run).toBe(ofNoRun ? null : logOf(name, operation));
    });
});

test('inspect shows every leftover, and removes none', () => {
  const { items, exitCode } = facts.inspection('inspect');
  const left = [...tried().values()].flatMap((each) => each.left.map(({ path }) => path));
  expect(items.map(({ path }) => path).toSorted()).toEqual(left.toSorted());
  expect(exitCode).toBe(0);
  expect(facts.lines('inspect.after')).toEqual(facts.lines('inspect.before'));
});
