import { renameSync, rmdirSync, symlinkSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { start } from '../support/command.ts';
import { makeMany, stuck } from '../support/hazards.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, plant } from '../support/tree.ts';

beforeEach((context) => need(context, 'root', 'cc'));

/** A sweep of two targets that has come to wait in the first: what happens to the second meanwhile? */
async function meanwhile(second: (dir: string) => void) {
  const dir = scratch(MEMORY);
  const name = leftoverName();
  plant(dir, [
    { path: 'first' },
    ...['second', 'outside'].map((path) => ({ path: `${path}/${name}`, age: '2h' })),
  ]);
  await makeMany('leftovers', `${dir}/first`, 6000);
  const running = start(['--json', `${dir}/first`, `${dir}/second`], { stalled: true });
  await stuck(running, `${dir}/first`, 6000);
  second(dir);
  running.read();
  const ended = await running.ended;
  return { dir, name, code: ended.code, report: reportOf(ended.stdout) };
}

test('a target that is swapped for a symlink: what the link leads to is not swept, and it is said', async () => {
  const { dir, name, code, report } = await meanwhile((dir) => {
    renameSync(`${dir}/second`, `${dir}/moved`);
    symlinkSync(`${dir}/outside`, `${dir}/second`);
  });
  expect(exists(dir, `outside/${name}`)).toBe(true);
  expect(exists(dir, `moved/${name}`)).toBe(true);
  expect(report.errors).toEqual([{ path: `${dir}/second`, code: 'changed', syscall: 'chdir' }]);
  expect(report.targets[1]?.status).not.toBe('swept');
  expect(code).toBe(3);
});

test('a target that is swapped for another directory: that one is not swept, and it is said', async () => {
  const { dir, name, code, report } = await meanwhile((dir) => {
    renameSync(`${dir}/second`, `${dir}/moved`);
    renameSync(`${dir}/outside`, `${dir}/second`);
  });
  expect(exists(dir, `second/${name}`)).toBe(true);
  expect(report.errors).toEqual([{ path: `${dir}/second`, code: 'changed', syscall: 'chdir' }]);
  expect(code).toBe(3);
});

test('a directory above a target is swapped for a symlink: nothing is swept through it', async () => {
  const dir = scratch(MEMORY);
  const name = leftoverName();
  plant(dir, [
    { path: 'first' },
    ...['way', 'outside'].map((path) => ({ path: `${path}/second/${name}`, age: '2h' })),
  ]);
  await makeMany('leftovers', `${dir}/first`, 6000);
  const running = start(['--json', `${dir}/first`, `${dir}/way/second`], { stalled: true });
  await stuck(running, `${dir}/first`, 6000);
  renameSync(`${dir}/way`, `${dir}/moved`);
  symlinkSync(`${dir}/outside`, `${dir}/way`);
  running.read();
  expect((await running.ended).code).toBe(3);
  expect(exists(dir, `outside/second/${name}`)).toBe(true);
});

test('a target that vanishes: said as missing, exit 3', async () => {
  const { code, report } = await meanwhile((dir) => {
    renameSync(`${dir}/second`, `${dir}/elsewhere`);
  });
  expect(report.targets[1]).toMatchObject({ status: 'missing', directories: 0 });
  expect(report.errors).toMatchObject([{ code: 'ENOENT' }]);
  expect(report.summary.removed).toBe(6000);
  expect(code).toBe(3);
});

test('a target that is a candidate and vanishes: nothing to do any more', async () => {
  const dir = scratch(MEMORY);
  const path = plantLeftover(dir);
  const gone = plantLeftover(dir);
  rmdirSync(gone);
  const { report, code } = await sweep([path, gone]);
  expect(outcomes(report, dir)).toEqual({ [path.slice(dir.length + 1)]: 'removed' });
  expect(report.targets).toMatchObject([{ status: 'swept' }, { status: 'missing' }]);
  expect(code).toBe(3);
});
