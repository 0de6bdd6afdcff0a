import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { AA_POLICY, leftoverName, plantLeftover } from '../support/leftovers.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

const NAME = leftoverName();

test.each([
  ['1h', ['2h', '3d']],
  ['90m', ['2h', '3d']],
  ['119m', ['2h', '3d']],
  ['121m', ['3d']],
  ['1d', ['3d']],
  ['4d', []],
  ['10m', ['11m', '2h', '3d']],
  ['0s', ['1s', '11m', '2h', '3d']],
])('--older-than %s removes what is older than that', async (text, gone) => {
  const dir = scratch();
  const ages = ['1s', '11m', '2h', '3d', '-1h'];
  plant(
    dir,
    ages.map((age) => ({ path: `${age}/${NAME}`, age })),
  );
  const { report } = await sweep(['--older-than', text, dir]);
  const removed = report.items.filter((item) => item.outcome === 'removed').map((item) => item.path);
  expect(removed.sort()).toEqual(gone.map((age) => `${dir}/${age}/${NAME}`).sort());
});

test.each([
  'ctime',
  'birthtime',
  'newest',
])('--age-by %s sees through an mtime that was set back', async (stamp) => {
  const dir = scratch();
  plantLeftover(dir);
  const { report } = await sweep(['--age-by', stamp, dir]);
  expect(report.items[0]?.reasons).toEqual([{ why: 'too-young', ageMs: expect.any(Number) }]);
  expect(report.items[0]?.ageMs).toBeLessThan(60_000);
  const again = await sweep(['--age-by', stamp, '--older-than', '30ms', dir]);
  expect(again.report.summary.removed).toBe(1);
});

test('--age-by newest keeps what has its mtime in the future', async () => {
  const dir = scratch();
  plant(dir, [{ path: NAME, age: '-1h' }]);
  const { report } = await sweep(['--age-by', 'newest', '--older-than', '0s', dir]);
  expect(outcomes(report, dir)).toEqual({ [NAME]: 'kept: future' });
});

test('a birthtime that the file system does not keep is unknown, and keeps', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  const wrap = inMountNamespace(`mount -t ramfs none ${quoted(dir)}; cd ${quoted(dir)}
    mkdir -m 0700 ${NAME}; touch -d '2 hours ago' ${NAME}`);
  const { report } = await sweep(['--age-by', 'birthtime', dir], { wrap });
  expect(outcomes(report, dir)).toEqual({ [NAME]: 'kept: unknown' });
  const { report: newest } = await sweep(['--age-by', 'newest', '--older-than', '0s', dir], { wrap });
  expect(outcomes(newest, dir)).toEqual({ [NAME]: 'removed' });
});

test('--prefix replaces the catalogue, is literal, and may be given again', async () => {
  const dir = scratch();
  const names = ['my-tmp.', 'r(e)+x.', '\xc3\xbc.', 'crtools-sys.', 'x'].map((prefix) => `${prefix}aBc123`);
  const others = [leftoverName(), 'my-tmpXaBc123', 'abcaBc123', 'rex.aBc123', 'x.aBc123'];
  plant(
    dir,
    [...names, ...others].map((path) => ({ path, age: '2h' })),
  );
  const prefixes = ['my-tmp.', 'r(e)+x.', 'ü.', 'crtools-sys.', 'x'];
  const { report } = await sweep([...prefixes.flatMap((prefix) => ['--prefix', prefix]), dir]);
  expect(outcomes(report, dir)).toEqual(Object.fromEntries(names.map((name) => [name, 'removed'])));
  expect(report.policy.prefixes).toEqual(prefixes);
  expect(report.items.map((item) => item.prefix).sort()).toEqual(prefixes.toSorted());
  expect(list(dir)).toEqual(others.sort());
});

test('of prefixes that begin alike the one that matches is found', async () => {
  const dir = scratch();
  plant(
    dir,
    ['t.abcdef', 't.abcabcdef', 't.ab'].map((path) => ({ path, age: '2h' })),
  );
  const { report } = await sweep(['--prefix', 't.', '--prefix', 't.abc', dir]);
  expect(outcomes(report, dir)).toEqual({ 't.abcdef': 'removed', 't.abcabcdef': 'removed' });
});

test('--owner takes a name, a uid or anybody', async (context) => {
  need(context, 'root');
  const dir = scratch();
  const owners = [0, 2, 65534];
  plant(
    dir,
    owners.map((uid) => ({ path: `${uid}/${NAME}`, uid, age: '2h' })),
  );
  const gone = async (...args: string[]) =>
    Object.entries(outcomes((await sweep(['-n', ...args, dir])).report, dir)).flatMap(([path, what]) =>
      what === 'would-remove' ? [Number.parseInt(path, 10)] : [],
    );
  expect((await gone()).sort()).toEqual([0]);
  expect((await gone('--owner', 'nobody')).sort()).toEqual([65534]);
  expect((await gone('--owner', '2')).sort()).toEqual([2]);
  expect((await gone('--owner', 'any')).sort((a, b) => a - b)).toEqual(owners);
});

test('--mode takes another one, for every kind, or any', async () => {
  const dir = scratch();
  const [usual, wide, setgid] = ['0700', '0777', '2700'].map((mode) => `${mode}/${AA_POLICY}aBc123`);
  plant(
    dir,
    ['0700', '0777', '2700'].map((mode) => ({ path: `${mode}/${AA_POLICY}aBc123`, mode, age: '2h' })),
  );
  plant(dir, [{ path: '.criu.mntns.aBc123', mode: '0777', age: '2h' }]);
  const kept = async (...args: string[]) =>
    Object.entries(outcomes((await sweep(['-n', '--no-in-use', ...args, dir])).report, dir)).flatMap(
      ([path, what]) => (what === 'kept: mode' ? [path] : what === 'would-remove' ? [] : [what]),
    );
  expect((await kept()).sort()).toEqual([wide, setgid]);
  expect((await kept('--mode', '2700')).sort()).toEqual(['.criu.mntns.aBc123', usual, wide].sort());
  expect((await kept('--mode', '777')).sort()).toEqual([usual, setgid]);
  expect(await kept('--mode', 'any')).toEqual([]);
});

test('an ACL that widens a directory is a mode that is not 0700', async (context) => {
  need(context, 'setfacl');
  const dir = scratch(MEMORY);
  const path = plantLeftover(dir);
  execFileSync('setfacl', ['-m', 'u:65534:rwx', path]);
  const { report } = await sweep([dir]);
  expect(report.items).toMatchObject([{ outcome: 'kept', reasons: [{ why: 'mode', mode: '0770' }] }]);
});
