import { rmSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { until, visiting } from '../support/hazards.ts';
import { AA_POLICY, leftoverName, plantLeftover } from '../support/leftovers.ts';
import { type Holder, hold, holding, type Use } from '../support/processes.ts';
import { scratch } from '../support/scratch.ts';
import { seeingAll } from '../support/sight.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, plant } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

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

/** A script that makes a root of everything that is in ours, but for a /tmp that is a link to the same. */
const rootWithLinkedTmp = (root: string) => `
  mount -t tmpfs none ${quoted(root)}; cd ${quoted(root)}; mkdir -p elsewhere/tmp; mount --rbind /tmp elsewhere/tmp
  for each in /*; do case $each in
    /tmp) ln -s elsewhere/tmp tmp ;;
    *) if [ -L $each ]; then cp -P $each .; elif [ -d $each ]; then mkdir .$each; mount --rbind $each .$each; fi ;;
  esac; done; cd /`;

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

test('a comm that ends within a character, or in blanks, is said byte by byte', async () => {
  const dir = scratch();
  const path = plantLeftover(dir);
  await hold({ cwd: path, comm: `${'a'.repeat(14)}ü` });
  await hold({ cwd: dir, comm: 'criu \u00a0' });
  const { out } = await run(['-n', '-v', dir], { wrap: seeingAll() });
  expect(out).toMatch(new RegExp(`^kept ${path}: in-use \\(pid \\d+ a{14}\\\\xc3\\)\n$`));
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

test('any living criu keeps the leftovers of /tmp where /tmp is a link to another place', async (context) => {
  need(context, 'namespaces');
  const dir = scratch('/var/tmp');
  const path = plantLeftover('/tmp', '.criu.mntns.');
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const criu = ['chroot', dir, ...holding({ comm: 'criu' })].map(quoted).join(' ');
  const script = `${rootWithLinkedTmp(dir)}; ${criu} > /dev/null & sleep 0.5`;
  const wrap = [...inMountNamespace(script), 'chroot', dir];
  const { report } = await sweep(['-n', '--max-depth=1', '/tmp'], { wrap });
  expect(report.targets).toMatchObject([{ path: '/tmp', resolved: '/elsewhere/tmp', status: 'swept' }]);
  const [item] = report.items.filter((each) => each.path.endsWith(path.slice('/tmp'.length)));
  expect(item?.reasons).toContainEqual({ why: 'in-use', pid: expect.any(Number), command: 'criu' });
});

test.each([
  'data/tmp',
  '/data/tmp',
])("a living criu in a container keeps the leftovers of the container's /tmp, where that is a link to %s", async (to) => {
  const dir = scratch();
  plant(dir, [{ path: 'root/data/tmp' }, { path: 'root/tmp', kind: 'symlink', to }]);
  const used = plantLeftover(`${dir}/root/data/tmp`, '.criu.mntns.');
  const criu = await hold({ comm: 'criu', root: `${dir}/root` });
  const { report } = await sweep([`${dir}/root`], { wrap: seeingAll() });
  expect(report.items.map((item) => [item.path, item.reasons])).toEqual([[used, [inUse(criu, 'criu')]]]);
});

test("a living criu in a container keeps the leftovers of the container's /tmp, whose inode number is above 2^53", async (context) => {
  need(context, 'namespaces', 'overlayfs');
  const dir = scratch();
  plant(dir, [{ path: 'lower/tmp' }, { path: 'memory' }, { path: 'on' }]);
  const name = plantLeftover(`${dir}/lower/tmp`, '.criu.mntns.').slice(`${dir}/lower/`.length);
  const criu = holding({ comm: 'criu', root: `${dir}/on` })
    .map(quoted)
    .join(' ');
  const wrap = inMountNamespace(`cd ${quoted(dir)}; mount -t tmpfs none memory; mkdir memory/upper memory/work
    mount -t overlay -o xino=on,lowerdir=lower,upperdir=memory/upper,workdir=memory/work none on
    stat -c %i on/tmp >&2; ${criu} > /dev/null & sleep 0.5`);
  const { report, err } = await sweep(['-n', `${dir}/on`], { wrap });
  expect(Number.isSafeInteger(Number.parseInt(err, 10))).toBe(false);
  const [item] = report.items;
  expect(item?.path).toBe(`${dir}/on/${name}`);
  expect(item?.reasons).toEqual([{ why: 'in-use', pid: expect.any(Number), command: 'criu' }]);
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
