import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { plantLeftover, plantMany } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';

/** Whoever runs these tests. */
const OWNER = ['--owner', 'any'];

test.each([
  ['a removal', []],
  ['a dry run', ['-n']],
])('%s stops before the one too many, says so, and exits 3', async (_, dry) => {
  const dir = scratch();
  plantMany(dir, 5);
  const { report, code } = await sweep(['--max-removals', '3', ...OWNER, ...dry, dir]);
  expect(report.interrupted).toBe('max-removals');
  expect(report.summary.removed + report.summary.wouldRemove).toBe(3);
  expect(report.targets).toMatchObject([{ status: 'interrupted' }]);
  expect(list(dir)).toHaveLength(dry.length > 0 ? 5 : 2);
  expect(code).toBe(3);
});

test('it blows only where there is one more to remove', async () => {
  const dir = scratch();
  plantMany(dir, 3);
  const { report, code } = await sweep(['--max-removals', '3', ...OWNER, dir]);
  expect(report).toMatchObject({ interrupted: null, summary: { removed: 3 } });
  expect(code).toBe(0);
});

test.each([
  ['a removal', []],
  ['a dry run', ['-n']],
])('%s: one that is not empty is none to remove', async (_, dry) => {
  const [one, two] = [scratch(), scratch()];
  plantMany(one, 1);
  const full = plantLeftover(two);
  plant(two, [
    { path: `${basename(full)}/file`, kind: 'file' },
    { path: basename(full), age: '2h' },
  ]);
  const { report, code } = await sweep(['--max-removals', '1', ...OWNER, ...dry, one, two]);
  expect(report).toMatchObject({ interrupted: null, summary: { kept: 1, keptBy: { 'not-empty': 1 } } });
  expect(code).toBe(0);
});

test('it counts over all targets, and leaves the later ones alone', async () => {
  const [one, two] = [scratch(), scratch()];
  plantMany(one, 2);
  plantMany(two, 2);
  const { report } = await sweep(['--max-removals', '2', ...OWNER, one, two]);
  expect(report.targets.map(({ status }) => status)).toEqual(['swept', 'interrupted']);
  expect([list(one), list(two)].map(({ length }) => length)).toEqual([0, 2]);
});

test('the summary line says what stopped it', async () => {
  const dir = scratch();
  plantMany(dir, 2);
  const { err, code } = await run(['--max-removals', '1', ...OWNER, dir]);
  expect(err).toMatch(/^criu-sweep: 1 removed, .*stopped by max-removals\n$/);
  expect(code).toBe(3);
});
