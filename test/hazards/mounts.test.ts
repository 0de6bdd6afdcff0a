import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need, needHere } from '../support/abilities.ts';
import { leftoverName } from '../support/leftovers.ts';
import {
  ALIVE,
  bindElsewhere,
  joinChrooted,
  namespace,
  tmpfsElsewhere,
  tmpfsInChroot,
} from '../support/mounts.ts';
import { scratch } from '../support/scratch.ts';
import { seeingAll } from '../support/sight.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';
import { quoted } from '../support/wrap.ts';

const MNTNS = '.criu.mntns.';

beforeEach((context) => need(context, 'root', 'host pid namespace', 'namespaces', 'cc'));

/** A candidate that somebody may use beside one that nobody uses. */
function twoCandidates(): { dir: string; used: string; path: string; free: string } {
  const dir = scratch();
  plant(dir, [{ path: 'jail' }, { path: 'target' }]);
  const [used, free] = [leftoverName(MNTNS), leftoverName(MNTNS)];
  plant(`${dir}/target`, [
    { path: used, age: '2h' },
    { path: free, age: '2h' },
  ]);
  return { dir, used, free, path: `${dir}/target/${used}` };
}

test('a mount in another mount namespace on the candidate: kept as mounted, and its file is still read there', async () => {
  const { dir, used, free, path } = twoCandidates();
  const other = await tmpfsElsewhere(path);
  const { report, code } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(outcomes(report, `${dir}/target`)).toEqual({ [used]: 'kept: mounted', [free]: 'removed' });
  expect(report.items.flatMap((item) => item.reasons)).toEqual([{ why: 'mounted', where: path }]);
  expect(report.inUse).toEqual({ checked: true, unreadableProcesses: 0, foreignPidNamespace: false });
  expect(code).toBe(0);
  expect(await other.read(`${path}/witness`)).toBe(ALIVE);
});

test.each([
  'a:b.',
  'a,b.',
  'a=b.',
  ':',
  'a b\\c\nd.',
])('a mount in another mount namespace on a candidate of the prefix %j: kept as mounted', async (prefix) => {
  const dir = scratch();
  const [used, free] = [leftoverName(prefix), leftoverName(prefix)];
  for (const path of [used, free]) plant(dir, [{ path, age: '2h' }]);
  const other = await tmpfsElsewhere(`${dir}/${used}`);
  const { report } = await sweep(['--prefix', prefix, dir], { wrap: seeingAll() });
  expect(outcomes(report, dir)).toEqual({ [used]: 'kept: mounted', [free]: 'removed' });
  expect(await other.read(`${dir}/${used}/witness`)).toBe(ALIVE);
});

test.each([
  'a:b.',
  'a,b.',
  'a b\\c.',
])('a lower directory of an overlay elsewhere, of the prefix %j: kept as mounted', async (prefix) => {
  needHere('overlayfs');
  const dir = scratch();
  const [used, free] = [leftoverName(prefix), leftoverName(prefix)];
  for (const path of [used, free, 'lower', 'merged']) plant(dir, [{ path, age: '2h' }]);
  const lower = `${dir}/${used}`.replace(/[\\:,]/g, '\\$&');
  await namespace(
    `mount -t overlay -o ${quoted(`lowerdir=${lower}:${dir}/lower`)} overlay ${quoted(`${dir}/merged`)}`,
  );
  const { report } = await sweep(['--prefix', prefix, dir], { wrap: seeingAll() });
  expect(outcomes(report, dir)).toEqual({ [used]: 'kept: mounted', [free]: 'removed' });
});

test('a mount in another mount namespace, gone with its last process: removed', async () => {
  const { dir, path } = twoCandidates();
  const other = await tmpfsElsewhere(path);
  await other.release();
  const { report } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(report.summary).toMatchObject({ matched: 2, removed: 2 });
});

test('--no-in-use does not look, says so, and takes a mount in another namespace away', async () => {
  const { dir, path } = twoCandidates();
  const other = await tmpfsElsewhere(path);
  const { report } = await sweep(['--no-in-use', `${dir}/target`]);
  expect(report.summary.removed).toBe(2);
  expect(report.inUse.checked).toBe(false);
  await expect(other.read(`${path}/witness`)).rejects.toThrow('No such file');
});

test('the source of a bind mount elsewhere: kept as mounted, and still to be written there', async () => {
  const { dir, used, free, path } = twoCandidates();
  plant(dir, [{ path: 'bound' }]);
  const other = await bindElsewhere(path, `${dir}/bound`);
  const { report } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(outcomes(report, `${dir}/target`)).toEqual({ [used]: 'kept: mounted', [free]: 'removed' });
  await expect(other.read(`${dir}/bound/nothing`)).rejects.toThrow('No such file');
  expect(readFileSync(`/proc/${other.pid}/mountinfo`, 'latin1')).not.toContain('//deleted');
});

test('a chrooted process is the only other one in a mount namespace: kept as mounted', async () => {
  const { dir, used, free, path } = twoCandidates();
  const other = await tmpfsInChroot(path, `${dir}/jail`);
  const { report } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(outcomes(report, `${dir}/target`)).toEqual({ [used]: 'kept: mounted', [free]: 'removed' });
  expect(await other.read(`${dir}/jail${path}/witness`)).toBe(ALIVE);
});

test('a chrooted process beside another in a mount namespace: each is looked at, kept as mounted', async () => {
  const { dir, used, free, path } = twoCandidates();
  const other = await tmpfsElsewhere(path);
  await joinChrooted(other, `${dir}/jail`);
  const { report } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(outcomes(report, `${dir}/target`)).toEqual({ [used]: 'kept: mounted', [free]: 'removed' });
});

test('a process chrooted into the very mount on the candidate, alone in its namespace: kept as mounted', async () => {
  const { dir, used, free, path } = twoCandidates();
  await namespace(
    `mount -t tmpfs none ${quoted(path)}; mkdir ${quoted(path)}/below; mount -t tmpfs none ${quoted(path)}/below`,
    path,
  );
  const { report } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(outcomes(report, `${dir}/target`)).toEqual({ [used]: 'kept: mounted, mounted', [free]: 'removed' });
});

test('a mount whose mount point has spaces, newlines and backslashes above the candidate: kept as mounted', async () => {
  const dir = scratch();
  const name = leftoverName(MNTNS);
  plant(dir, [{ path: `a b\tc\nd\\e/${name}`, age: '2h' }]);
  await tmpfsElsewhere(`${dir}/a b\tc\nd\\e/${name}`);
  const { report } = await sweep([dir], { wrap: seeingAll() });
  expect(outcomes(report, dir)).toEqual({ [`a b\tc\nd\\e/${name}`]: 'kept: mounted' });
});
