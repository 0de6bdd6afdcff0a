import { rmSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { until, visiting } from '../support/hazards.ts';
import { AA_POLICY, leftoverName, plantLeftover } from '../support/leftovers.ts';
import { type Holder, hold, type Use } from '../support/processes.ts';
import { scratch } from '../support/scratch.ts';
import { seeingAll } from '../support/sight.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, plant } from '../support/tree.ts';

beforeEach((context) => need(context, 'root', 'host pid namespace', 'cc'));

/** Sweeps a candidate while somebody uses it and again when nobody does any more; what the first sweep said. */
async function whileAndAfter(use: (path: string) => Use, prefix = '.criu.mntns.') {
  const dir = scratch();
  const path = plantLeftover(dir, prefix);
  const holder = await hold(use(path));
  const during = await sweep([dir], { wrap: seeingAll() });
  expect(during.code).toBe(0);
  expect(during.report.items.map((item) => item.outcome)).toEqual(['kept']);
  await holder.release();
  const after = await sweep([dir], { wrap: seeingAll() });
  expect(after.report.items.map((item) => item.outcome)).toEqual(['removed']);
  return { holder, path, reasons: during.report.items.flatMap((item) => item.reasons) };
}

const inUse = ({ pid }: Holder, command: string) => ({ why: 'in-use', pid, command });
/** The holder's comm: the first 15 bytes of its file's name. */
const HOLD = expect.stringMatching(/^hold-/);

test('a process has it as cwd: kept as in-use with its pid, removed when it is gone', async () => {
  const { holder, reasons } = await whileAndAfter((path) => ({ cwd: path }));
  expect(reasons).toEqual([inUse(holder, HOLD)]);
});

test('a process has it open: kept as in-use with its pid, removed when it is gone', async () => {
  const { holder, reasons } = await whileAndAfter((path) => ({ open: path }), AA_POLICY);
  expect(reasons).toEqual([inUse(holder, HOLD)]);
});

test('a process has it as its root: kept as in-use with its pid, removed when it is gone', async () => {
  const { holder, reasons } = await whileAndAfter((path) => ({ root: path }));
  expect(reasons).toEqual([inUse(holder, HOLD)]);
});

test('another process holds flock on it: kept as locked with its pid, removed when it is gone', async () => {
  const { holder, reasons } = await whileAndAfter((path) => ({ lock: path }), AA_POLICY);
  expect(reasons).toContainEqual({ why: 'locked', pid: holder.pid });
  expect(reasons).toContainEqual(inUse(holder, HOLD));
  expect(reasons).toHaveLength(2);
});

test('several processes use it in several ways: every one of them is said', async () => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const holders = [await hold({ cwd: path }), await hold({ open: path, comm: '\x1b[31mred' })];
  const { report } = await sweep([dir], { wrap: seeingAll() });
  const pids = report.items.flatMap((item) => item.reasons.map((reason) => reason.pid));
  expect(pids.toSorted()).toEqual(holders.map((holder) => holder.pid).toSorted());
});

test('a living criu works in the directory beside it: kept as in-use, removed when it is gone', async () => {
  const { holder, reasons } = await whileAndAfter(
    (path) => ({ comm: 'criu', cwd: path.slice(0, path.lastIndexOf('/')) }),
    AA_POLICY,
  );
  expect(reasons).toEqual([inUse(holder, 'criu')]);
});

test('a living criu is known by the directory itself, whatever the path to it, and by its whole name', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'work' }, { path: 'other' }, { path: 'link', kind: 'symlink', to: 'work' }]);
  const used = plantLeftover(`${dir}/work`);
  const free = plantLeftover(`${dir}/other`);
  const criu = await hold({ comm: 'criu', cwd: `${dir}/link` });
  const versioned = await hold({ comm: 'criu-3.16.1', cwd: `${dir}/work` });
  await hold({ comm: 'criu-ns', cwd: `${dir}/other` });
  const { report } = await sweep([dir], { wrap: seeingAll() });
  expect(outcomes(report, dir)).toEqual({
    [used.slice(dir.length + 1)]: 'kept: in-use, in-use',
    [free.slice(dir.length + 1)]: 'removed',
  });
  const reasons = report.items.flatMap((item) => item.reasons);
  expect(reasons).toHaveLength(2);
  expect(reasons).toEqual(expect.arrayContaining([inUse(criu, 'criu'), inUse(versioned, 'criu-3.16.1')]));
});

test.each([
  'criu',
  'criu-4.2',
])('any living %s keeps the leftovers that lie directly in /tmp', async (comm) => {
  const path = plantLeftover('/tmp', '.criu.mntns.');
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const criu = await hold({ comm, cwd: scratch() });
  const during = await sweep([path], { wrap: seeingAll() });
  expect(during.report.items.flatMap((item) => item.reasons)).toContainEqual(inUse(criu, comm));
  await criu.release();
  const { report } = await sweep([path], { wrap: seeingAll() });
  expect(report.items.flatMap((item) => item.reasons)).not.toContainEqual(inUse(criu, comm));
});

test('what its user fills and empties meanwhile is never removed from under it', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'home/file', kind: 'file' }, { path: 'target' }]);
  const name = leftoverName();
  plant(dir, [{ path: `target/${name}`, age: '2h' }]);
  await hold({ cwd: `${dir}/target/${name}` });
  const racer = await visiting(`${dir}/home`, 'file', `${dir}/target/${name}`);
  const seen = new Set<string>();
  await until(6_000, async () => {
    const { report } = await sweep([`${dir}/target`], { wrap: seeingAll() });
    seen.add(Object.values(outcomes(report, `${dir}/target`)).join());
    return !exists(dir, `target/${name}`);
  });
  expect(await racer.stop()).toMatch(/^visits [1-9]/);
  expect(seen).toContain('kept: in-use, in-use');
  expect(seen).toContain('kept: not-empty');
  expect(exists(dir, `target/${name}`)).toBe(true);
});
