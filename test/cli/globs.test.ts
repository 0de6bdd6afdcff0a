import { expect, test } from 'vitest';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';

const NAME = leftoverName();
const under = (...dirs: string[]) => dirs.map((dir) => ({ path: `${dir}/${NAME}`, age: '2h' }));
const found = (...dirs: string[]) =>
  Object.fromEntries(dirs.map((dir) => [`${dir}/${NAME}`, 'would-remove']));

test.each([
  ['c*/work', ['c1/work', 'c2/work']],
  ['{c1,.c3}/work', ['c1/work', '.c3/work']],
  ['*/work', ['c1/work', 'c2/work', '.c3/work']],
  ['**/work', ['c1/work', 'c2/work', '.c3/work', 'x/y/work']],
  ['c[12]/wor?', ['c1/work', 'c2/work']],
  ['@(c1|x)/**', ['c1/work', 'c1/other', 'x/y/work']],
  ['c1/!(work)', ['c1/other']],
])('the glob %s names these directories', async (glob, dirs) => {
  const dir = scratch();
  plant(dir, under('c1/work', 'c2/work', '.c3/work', 'x/y/work', 'c1/other'));
  plant(dir, [
    { path: 'c4', kind: 'symlink', to: 'c1' },
    { path: 'cfile', kind: 'file' },
  ]);
  const { report, code } = await sweep(['-n', `${dir}/${glob}`]);
  expect(outcomes(report, dir)).toEqual(found(...dirs));
  const relative = await sweep(['-n', glob], { cwd: dir });
  expect(outcomes(relative.report, dir)).toEqual(found(...dirs));
  expect(code).toBe(0);
});

test('links are not followed, neither on the way nor at the end of a glob', async () => {
  const dir = scratch();
  plant(dir, under('real/work'));
  plant(dir, [
    { path: 'links/one', kind: 'symlink', to: '../real' },
    { path: 'links/two', kind: 'symlink', to: '../real/work' },
  ]);
  for (const glob of ['links/**', 'links/*', 'links/*/work', '{links,none}/**/work']) {
    const { report } = await sweep(['-n', `${dir}/${glob}`]);
    expect([glob, report.items]).toEqual([glob, []]);
  }
});

test('a glob that matches nothing is nothing to do', async () => {
  const dir = scratch();
  const { report, code, err } = await sweep([`${dir}/*/work`]);
  expect(report.targets).toMatchObject([
    { path: `${dir}/*/work`, status: 'no-match', directories: 0, entries: 0 },
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('a path that exists is that path, also when it contains glob characters', async () => {
  const dir = scratch();
  for (const name of ['a*', 'b?', '[ab]', '{a,b}', '!(a)', 'a\\*', '**']) {
    plant(dir, under(name));
    const { report, code } = await sweep(['-n', `${dir}/${name}`]);
    expect([code, outcomes(report, dir)]).toEqual([0, found(name)]);
  }
});

test('a glob finds directories with glob characters and control characters in their names', async () => {
  const dir = scratch();
  const dirs = ['x[a]', 'x*', 'x\ny', 'x y', 'x\x1b[31m', 'x\\'];
  plant(dir, under(...dirs));
  const { report } = await sweep(['-n', `${dir}/x*y`, `${dir}/x[[]*`, `${dir}/x?*`, `${dir}/x`.concat('*')]);
  expect(outcomes(report, dir)).toEqual(found(...dirs));
});

test('a glob that matches leftovers themselves judges each as a candidate', async () => {
  const dir = scratch();
  const leftovers = [plantLeftover(dir), plantLeftover(dir)].sort();
  plant(dir, [{ path: NAME, mode: '0755', age: '2h' }]);
  const { report } = await sweep([`${dir}/.criu.*`]);
  expect(report.items.flatMap((item) => (item.outcome === 'removed' ? [item.path] : [])).sort()).toEqual(
    leftovers,
  );
  expect(report.summary).toMatchObject({ matched: 3, kept: 1, keptBy: { mode: 1 } });
});
