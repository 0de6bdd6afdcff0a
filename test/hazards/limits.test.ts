import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { after, quoted, withDescriptors } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'prlimit'));

/** Leftovers on several levels, also below a name that is entered by a descriptor. */
const tree = (name: string) =>
  ['', 'a/', 'a/b/', 'a/b/c/', 'd\xff/', 'd\xff/e/'].map((above) => ({ path: `${above}${name}`, age: '2h' }));

/** In a working directory that is removed before the command starts. */
const inRemoved = (dir: string): string[] =>
  after(`mkdir ${quoted(`${dir}/gone`)} && cd ${quoted(`${dir}/gone`)} && rmdir ../gone`);

test('file descriptors limited to 40: all is swept', async () => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, tree(name));
  const { report, code } = await sweep([dir], { wrap: withDescriptors(40) });
  expect({ code, errors: report.errors }).toEqual({ code: 0, errors: [] });
  expect(list(dir).filter((path) => path.endsWith(name))).toEqual([]);
});

test.each([20, 24])('file descriptors limited to %i: swept, or said in one line why not', async (count) => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, tree(name));
  const before = list(dir);
  const { code, err } = await run([dir], { wrap: withDescriptors(count) });
  const left = list(dir).filter((path) => path.endsWith(name));
  if (code === 0) expect(left).toEqual([]);
  else {
    expect([3, 70]).toContain(code);
    expect(err).toMatch(/^criu-sweep: [^\n]*EMFILE[^\n]*\n(criu-sweep: [^\n]*\n)*$/);
    expect(before).toEqual(expect.arrayContaining(left));
  }
});

test('the working directory was removed before the start: absolute targets are swept', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'tree' }]);
  const path = plantLeftover(`${dir}/tree`);
  const { report, code, err } = await sweep([`${dir}/tree`], { wrap: inRemoved(dir) });
  expect(outcomes(report, `${dir}/tree`)).toEqual({ [path.slice(`${dir}/tree/`.length)]: 'removed' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('the working directory was removed before the start: globs that are absolute are expanded', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'tree' }]);
  plantLeftover(`${dir}/tree`);
  const { code } = await run([`${dir}/tr*`], { wrap: inRemoved(dir) });
  expect(code).toBe(0);
  expect(list(`${dir}/tree`)).toEqual([]);
});

test.each([
  '.',
  'tree/',
  './tree/..',
])('the working directory was removed before the start: the relative target %s is missing', async (target) => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const { report, code } = await sweep([target], { wrap: inRemoved(dir) });
  expect(report.targets).toMatchObject([{ path: target, status: 'missing' }]);
  expect(code).toBe(3);
  expect(existsSync(path)).toBe(true);
});

test('umask 0777: the sweep goes on, and the report is whole', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'tree/sub', mode: '0755' }]);
  plantLeftover(`${dir}/tree/sub`);
  const { code, err } = await run(['--quiet', '--report', `${dir}/report`, `${dir}/tree`], {
    wrap: after('umask 0777'),
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(reportOf(readFileSync(`${dir}/report`)).summary.removed).toBe(1);
  expect(list(`${dir}/tree`)).toEqual(['sub']);
});
