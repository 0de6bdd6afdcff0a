import { expect, test } from 'vitest';
import { program, run } from '../support/command.ts';
import { compile } from '../support/compile.ts';
import { leftoverName } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';

const NAME = leftoverName();
const at = (...dirs: string[]) => dirs.map((dir) => (dir === '' ? NAME : `${dir}/${NAME}`));
const planted = (...dirs: string[]) => at(...dirs).map((path) => ({ path, age: '2h' }));
const results = (gone: string[], excluded: string[] = []) => ({
  ...Object.fromEntries(at(...gone).map((path) => [path, 'would-remove'])),
  ...Object.fromEntries(at(...excluded).map((path) => [path, 'kept: excluded'])),
});

test.each([
  [1, ['']],
  [2, ['', 'a']],
  [3, ['', 'a', 'a/b']],
  [100, ['', 'a', 'a/b', 'a/b/c']],
])('--max-depth %d', async (depth, found) => {
  const dir = scratch();
  plant(dir, planted('', 'a', 'a/b', 'a/b/c'));
  const { report } = await sweep(['-n', '--max-depth', String(depth), dir]);
  expect(outcomes(report, dir)).toEqual(results(found));
  expect(report.targets).toMatchObject([{ directories: found.length }]);
});

test('--max-depth counts from each target, and a nested target counts anew', async () => {
  const dir = scratch();
  plant(dir, planted('', 'a', 'a/b', 'a/b/c'));
  const { report } = await sweep(['-n', '--max-depth', '1', `${dir}/a/b`, dir]);
  expect(outcomes(report, dir)).toEqual(results(['a/b', '']));
});

const DIRS = ['', 'foo', 'a', 'a/foo', 'a/b', '.dot', '.dot/x', 'cache', 'a/cache'];
test.each([
  ['a/**', ['', 'foo', '.dot', '.dot/x', 'cache'], []],
  ['a', ['', 'foo', '.dot', '.dot/x', 'cache'], []],
  ['a/', ['', 'foo', '.dot', '.dot/x', 'cache'], []],
  ['**/cache', ['', 'foo', 'a', 'a/foo', 'a/b', '.dot', '.dot/x'], []],
  ['foo', ['', 'a', 'a/foo', 'a/b', '.dot', '.dot/x', 'cache', 'a/cache'], []],
  ['*/foo', ['', 'foo', 'a', 'a/b', '.dot', '.dot/x', 'cache', 'a/cache'], []],
  ['**/*x', ['', 'foo', 'a', 'a/foo', 'a/b', '.dot', 'cache', 'a/cache'], []],
  ['*dot', ['', 'foo', 'a', 'a/foo', 'a/b', 'cache', 'a/cache'], []],
  ['{foo,a}', ['', '.dot', '.dot/x', 'cache'], []],
  ['**', [], ['']],
  [`**/${NAME}`, [], DIRS],
  [NAME, DIRS.slice(1), ['']],
  [`**/${NAME.slice(0, -3)}*/**`, [], DIRS],
  ['ca*/**', ['', 'foo', 'a', 'a/foo', 'a/b', '.dot', '.dot/x', 'a/cache'], []],
  ['nothing', DIRS, []],
])('--exclude %s is not entered and not removed', async (glob, gone, excluded) => {
  const dir = scratch();
  plant(dir, planted(...DIRS));
  const { report, code } = await sweep(['-n', '--exclude', glob, dir]);
  expect(outcomes(report, dir)).toEqual(results(gone, excluded));
  expect({ code, exclude: report.policy.exclude.length }).toEqual({ code: 0, exclude: 1 });
});

test('--exclude may be given again, and is matched below each target', async () => {
  const dir = scratch();
  plant(dir, planted('one/a', 'one/b', 'two/a', 'two/b', 'two/c'));
  const { report } = await sweep(['-n', '--exclude', 'a', '--exclude', 'c', `${dir}/one`, `${dir}/two`]);
  expect(outcomes(report, dir)).toEqual(results(['one/b', 'two/b']));
  expect(report.policy.exclude).toEqual(['a', 'c']);
});

test('--exclude matches names that are not UTF-8 and names with control characters', async () => {
  const dir = scratch();
  plant(dir, planted('a\xff', 'b\nc', 'b\x1b'));
  const { report } = await sweep(['-n', '--exclude', 'b*', dir]);
  expect(outcomes(report, dir)).toEqual(results(['a\xff']));
});

test('what is excluded is said with the other reasons', async () => {
  const dir = scratch();
  plant(dir, [{ path: NAME, mode: '0755' }]);
  const { report } = await sweep(['--exclude', NAME, dir]);
  expect(outcomes(report, dir)).toEqual({ [NAME]: 'kept: excluded, mode, too-young' });
});

test('--exclude matches below ** whatever characters a path has', async () => {
  const dir = scratch();
  const odd = ['a\nb', 'a\rb', 'a\u00e2\u0080\u00a8b', 'a\u00e2\u0080\u00a9b', 'a\xffb'];
  plant(dir, planted(...odd.flatMap((name) => [`${name}/keep`, `x/${name}/y/keep/z`]), 'x/go'));
  for (const glob of ['**/keep', '**/keep/**', '**/!(go|x|y|a*|.*)', '**/a?b*']) {
    const { report, code } = await sweep(['-n', '--exclude', glob, dir]);
    expect([glob, outcomes(report, dir)]).toEqual([glob, results(['x/go'])]);
    expect(code).toBe(0);
  }
});

test('--exclude takes braces, extglobs that span names, and negation', async () => {
  const dir = scratch();
  plant(dir, planted('a/b', 'a/c', 'd', 'd/e'));
  for (const [glob, gone] of [
    ['@(a/b|d)', ['a/c']],
    ['{a/{b,c},d/e}', ['d']],
    ['!{d,d/**}', ['d', 'd/e']],
    ['a/!(b)', ['a/b', 'd', 'd/e']],
  ] as const) {
    const { report } = await sweep(['-n', '--exclude', glob, dir]);
    expect([glob, outcomes(report, dir)]).toEqual([glob, results([...gone])]);
  }
});

test('--exclude costs no more than the length of a path, whatever names others make', async () => {
  const dir = scratch();
  const long = 'a'.repeat(250);
  await program([compile('deep'), dir, '700', 'a', '700', NAME, '7200']);
  plant(dir, planted(long));
  const began = performance.now();
  const { report, code } = await sweep([
    '-n',
    ...['**/a/**/a/**/a/**/b', '**/*a*a*a*a*a*a*b', '{**/a/**/a/**,**/a/**/a}/**/a/c'].flatMap((glob) => [
      '--exclude',
      glob,
    ]),
    dir,
  ]);
  expect([code, report.summary.wouldRemove]).toEqual([0, 2]);
  expect(performance.now() - began).toBeLessThan(15_000);
});

test('an --exclude that cannot be expanded is refused', async () => {
  const { code, out, err } = await run(['--exclude', '{1..5000}', scratch()]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^criu-sweep: --exclude: [^\n]+\n$/);
});
