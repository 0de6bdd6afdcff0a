import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, plant } from '../support/tree.ts';
import { failing, straced } from '../support/wrap.ts';

beforeEach((context) => need(context, 'strace'));

test.each([
  ['ESTALE', 'stale file handle'],
  ['EDQUOT', 'disk quota exceeded'],
  ['EUCLEAN', 'structure needs cleaning'],
  ['EBADMSG', 'bad message'],
  ['ENOLINK', 'link has been severed'],
  ['ENOTSUPP', 'operation is not supported'],
])('an errno that libuv has no name for, %s, is said by its name and with its text', async (code, text) => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const number = code === 'ENOTSUPP' ? '524' : code;
  const wrap = failing('rmdir', number, '1+');
  const { report } = await sweep(['--no-in-use', dir], { wrap });
  expect(report.items).toMatchObject([{ path, outcome: 'failed', code, syscall: 'rmdir' }]);
  const { err } = await run(['--no-in-use', dir], { wrap });
  expect(err).toContain(`failed ${path}: ${code}: ${text}\n`);
});

test.each([
  ['ENOMEM'],
  ['ESTALE'],
  ['EIO'],
  ['EACCES'],
])('no way to / (%s): the error of that target, the next one is swept, exit 3', async (error) => {
  const dir = scratch();
  plant(dir, [{ path: 'a' }, { path: 'b' }]);
  const [first, second] = [plantLeftover(`${dir}/a`), plantLeftover(`${dir}/b`)];
  const wrap = failing('chdir', error, '1');
  const { report, code } = await sweep(['--no-in-use', `${dir}/a`, `${dir}/b`], { wrap });
  expect(report.errors).toEqual([{ path: `${dir}/a`, code: error, syscall: 'chdir' }]);
  expect(report.targets.map(({ status }) => status)).toEqual(['unreadable', 'swept']);
  expect([exists(first, ''), exists(second, '')]).toEqual([true, false]);
  expect(code).toBe(3);
});

test('no way back up, once: the rest is found again from /, nothing is lost', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'a' }, { path: 'b' }]);
  for (const name of ['a', 'b']) plantLeftover(`${dir}/${name}`);
  const stepsDown = dir.split('/').length + 1;
  const wrap = failing('chdir', 'ENOMEM', String(stepsDown + 1));
  const { report, code } = await sweep(['--no-in-use', dir], { wrap });
  expect(Object.values(outcomes(report, dir))).toEqual(['removed', 'removed']);
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
});

test('a directory that says it is not there while it is: an error, exit 3', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'a' }, { path: 'b' }]);
  for (const name of ['a', 'b']) plantLeftover(`${dir}/${name}`);
  const log = `${scratch()}/trace`;
  await sweep(['--no-in-use', '-n', dir], { wrap: straced(log, 'openat') });
  const opened = readFileSync(log, 'latin1').split('\n');
  const first = opened.findIndex((line) => /"\.", .*O_DIRECTORY/.test(line) && !line.includes('O_PATH'));
  const main = opened[first]?.split(' ')[0] ?? '';
  const before = opened.slice(0, first).filter((line) => line.startsWith(main)).length;
  // The second one opened is that of a subdirectory.
  const wrap = failing('openat', 'ENOENT', String(before + 2));
  const { report, code } = await sweep(['--no-in-use', dir], { wrap });
  expect(report.errors).toMatchObject([{ code: 'ENOENT', syscall: 'scandir' }]);
  expect(report.summary.removed).toBe(1);
  expect(code).toBe(3);
});
