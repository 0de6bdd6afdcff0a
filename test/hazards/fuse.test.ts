import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, startProgram } from '../support/command.ts';
import { compile } from '../support/compile.ts';
import { leftoverName, plantLeftover, plantMany } from '../support/leftovers.ts';
import { sweepWhile } from '../support/meantime.ts';
import { held, odd } from '../support/processes.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';
import { inMountNamespace } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces', 'cc', 'fuse'));

/** A user's FUSE file system on a directory, in the command's own mount namespace. */
const withFuseOn = (path: string): string[] => [...inMountNamespace(), compile('fuse'), path];

/** The same, of which everybody may ask, and nobody ever has an answer. */
const withSilentFuseOn = (path: string): string[] => [...inMountNamespace(), compile('fuse'), '-a', path];

test("a user's FUSE mount among the siblings: it is left out, the siblings are swept, exit 0", async () => {
  const dir = scratch();
  const names = ['a', 'b', 'c', 'y', 'zz', 'zzz'];
  plant(dir, [{ path: 'm' }, ...names.map((path) => ({ path }))]);
  for (const name of names) plantLeftover(`${dir}/${name}`);
  const { report, code } = await sweep(['--no-in-use', dir], { wrap: withFuseOn(`${dir}/m`) });
  expect(report.summary).toMatchObject({ matched: names.length, removed: names.length });
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
});

test("a user's FUSE mount that is made while the sweep runs: the same", async (context) => {
  need(context, 'strace');
  const dir = scratch();
  plant(
    dir,
    ['a', 'b', 'm', 'y', 'z'].map((path) => ({ path })),
  );
  for (const name of ['a', 'b', 'y', 'z']) plantLeftover(`${dir}/${name}`);
  const { report, code } = await sweepWhile(
    ['--no-in-use', dir],
    { wrap: inMountNamespace() },
    async (pid) => {
      const enter = ['nsenter', '--mount', `--target=${pid}`, '--', compile('fuse'), `${dir}/m`];
      await held(startProgram([...enter, 'sh', '-c', 'echo ready; exec sleep 60'], { cwd: PACKAGE }));
    },
  );
  expect(report.summary).toMatchObject({ matched: 4, removed: 4 });
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
});

test("a user's FUSE mount among the siblings with --cross-device: an error for that one name", async () => {
  const dir = scratch();
  plant(
    dir,
    ['a', 'm', 'z'].map((path) => ({ path })),
  );
  for (const name of ['a', 'z']) plantLeftover(`${dir}/${name}`);
  const wrap = withFuseOn(`${dir}/m`);
  const { report, code } = await sweep(['--no-in-use', '--cross-device', dir], { wrap });
  expect(report.summary).toMatchObject({ matched: 2, removed: 2 });
  expect(report.errors).toEqual([{ path: `${dir}/m`, code: 'EACCES', syscall: 'lstat' }]);
  expect(code).toBe(3);
});

test("a user's FUSE mount on a candidate: kept as mounted, exit 0", async () => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [{ path: name, age: '2h' }]);
  const [free] = plantMany(dir, 1);
  const wrap = withFuseOn(`${dir}/${name}`);
  const { report, code } = await sweep(['--no-in-use', dir], { wrap });
  expect(outcomes(report, dir)).toEqual({ [name]: 'kept: mounted', [free ?? '']: 'removed' });
  expect(code).toBe(0);
});

test("a process has its user's FUSE mount open: it is no blind spot, the sweep removes what is unused", async (context) => {
  need(context, 'host pid namespace');
  const dir = scratch();
  plant(dir, [{ path: 'm' }, { path: 'target' }]);
  plantLeftover(`${dir}/target`, '.criu.mntns.');
  const worker = await odd(['path', `${dir}/m`], withFuseOn(`${dir}/m`));
  const { report, code } = await sweep([`${dir}/target`]);
  const reasons = report.items.flatMap((item) => item.reasons);
  expect(reasons.map(({ pid }) => pid)).not.toContain(worker.pid);
  if (reasons.length === 0) expect(report.summary.removed).toBe(1);
  expect(code).toBe(0);
});

test("a user's process holds a leftover's name in a FUSE that never answers: the look does not ask it", async (context) => {
  need(context, 'host pid namespace');
  const dir = scratch();
  const [silent, other] = [leftoverName(), leftoverName()];
  plant(dir, [{ path: silent }, { path: 'target' }, { path: `target/${silent}`, age: '2h' }]);
  plant(`${dir}/target`, [{ path: other, age: '2h' }]);
  const user = ['setpriv', '--reuid=65534', '--clear-groups', '--'];
  const { pid } = await odd(['path', `${dir}/${silent}`], [...withSilentFuseOn(`${dir}/${silent}`), ...user]);
  const { report, code } = await sweep([`${dir}/target`]);
  // That name is mounted on elsewhere; the directory at the end of its path was not asked for its number.
  expect(outcomes(report, `${dir}/target`)).toEqual({
    [silent]: 'kept: in-use, mounted',
    [other]: 'removed',
  });
  expect(report.items.flatMap(({ reasons }) => reasons)).toContainEqual(expect.objectContaining({ pid }));
  expect(code).toBe(0);
});
