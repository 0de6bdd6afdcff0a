import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { program, startProgram } from '../support/command.ts';
import { compile } from '../support/compile.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { ALIVE, joinChrooted, namespace } from '../support/mounts.ts';
import { held, hold, odd } from '../support/processes.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { plant } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

const MNTNS = '.criu.mntns.';

beforeEach((context) => need(context, 'root', 'host pid namespace', 'namespaces', 'cc'));

/** A candidate that something elsewhere uses, by a mount or in another way, beside one that nobody does. */
function twoCandidates() {
  const dir = scratch();
  plant(dir, [{ path: 'jail' }, { path: 'jail2' }, { path: 'target' }]);
  const [used, free] = [leftoverName(MNTNS), leftoverName(MNTNS)];
  plant(`${dir}/target`, [
    { path: used, age: '2h' },
    { path: free, age: '2h' },
  ]);
  const target = `${dir}/target`;
  const keptFor = (why: string) => ({ [used]: `kept: ${why}`, [free]: 'removed' });
  return { dir, target, path: `${target}/${used}`, mounted: keptFor('mounted'), inUse: keptFor('in-use') };
}

const tmpfsOn = (path: string) => `mount -t tmpfs none ${quoted(path)}; echo alive > ${quoted(path)}/witness`;

/** A wrap that runs a script in the mount namespace of a process, then the program there. */
const inNamespaceOf = ({ pid }: { readonly pid: number }, script: string): string[] => [
  ...['nsenter', '--mount', `--target=${pid}`, '--'],
  ...['sh', '-c', `${script}; exec "$@"`, 'sh'],
];

/** A wrap that takes a capability away for good. */
const without = (capability: string): string[] => [
  ...['setpriv', `--bounding-set=-${capability}`, `--inh-caps=-${capability}`, '--'],
];

/** A file that keeps a mount namespace which no process is in, after a script ran in it. */
async function pinned(dir: string, script: string): Promise<string> {
  const file = `${dir}/pin/namespace`;
  mkdirSync(`${dir}/pin`);
  writeFileSync(file, '');
  await program(['mount', '--bind', `${dir}/pin`, `${dir}/pin`]);
  await program(['mount', '--make-private', `${dir}/pin`]);
  onTestFinished(async () => {
    await program(['sh', '-c', `umount -l ${quoted(file)} 2>/dev/null; umount -l ${quoted(`${dir}/pin`)}`]);
  });
  await program(['unshare', `--mount=${file}`, '--propagation=private', 'sh', '-c', script]);
  return file;
}

test('a process chrooted into a bind mount of / stands for itself alone, whatever its pid: kept as mounted', async () => {
  const { dir, target, path, mounted } = twoCandidates();
  const first = await namespace(`mount --bind / ${quoted(`${dir}/jail`)}`, `${dir}/jail`);
  const second = await hold({}, inNamespaceOf(first, tmpfsOn(path)));
  expect(second.pid).toBeGreaterThan(first.pid);
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
  expect(
    (await program(['nsenter', '--mount', `--target=${second.pid}`, '--', 'cat', `${path}/witness`])).out,
  ).toBe(ALIVE);
});

test('two processes chrooted into the same directory, bound twice: each mount is looked at, kept as mounted', async () => {
  const { dir, target, path, mounted } = twoCandidates();
  const jail = quoted(`${dir}/jail`);
  const first = await namespace(`mount --bind / ${jail}`, `${dir}/jail`);
  const inside = `mount --bind / ${jail}; mount -t tmpfs none ${quoted(`${dir}/jail${path}`)}`;
  await hold({ root: `${dir}/jail` }, inNamespaceOf(first, inside));
  await joinChrooted(first, `${dir}/jail2`);
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
});

test('a mount outside of the root of the only process in a namespace: kept as mounted, and alive in it', async () => {
  const { dir, target, path, mounted } = twoCandidates();
  const other = await namespace(tmpfsOn(path), `${dir}/jail`);
  expect(readFileSync(`/proc/${other.pid}/mountinfo`, 'latin1')).not.toContain(path);
  const { report, code } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
  expect(code).toBe(0);
  expect(await other.read(`${path}/witness`)).toBe(ALIVE);
});

test('a namespace that only a bind mount keeps: kept as mounted, and alive in it', async () => {
  const { dir, target, path, mounted } = twoCandidates();
  const file = await pinned(dir, tmpfsOn(path));
  const { report, code } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
  expect(code).toBe(0);
  expect((await program(['nsenter', `--mount=${file}`, 'cat', `${path}/witness`])).out).toBe(ALIVE);
});

test.each([
  ['still bound', 'open'],
  ['unmounted since', 'namespace'],
])('a namespace that a descriptor keeps, its file %s: kept as mounted', async (_, how) => {
  const { dir, target, path, mounted } = twoCandidates();
  const file = await pinned(dir, tmpfsOn(path));
  if (how === 'open') await hold({ open: file });
  else await odd(['namespace', file]);
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
});

test('a namespace kept by a descriptor of its file in /proc alone: kept as mounted', async () => {
  const { target, path, mounted } = twoCandidates();
  const other = await namespace(tmpfsOn(path));
  await hold({ open: `/proc/${other.pid}/ns/mnt` });
  await other.release();
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
});

test('a namespace kept by a descriptor, when another process holds those of 70 others: kept as mounted', async () => {
  const { dir, target, path, mounted } = twoCandidates();
  const crowd = await odd(['crowd', dir, '70']);
  const other = await namespace(tmpfsOn(path));
  const holder = await hold({ open: `/proc/${other.pid}/ns/mnt` });
  expect(holder.pid).toBeGreaterThan(crowd.pid);
  await other.release();
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
});

test('nothing is run of a namespace that is entered, whatever its programs are', async () => {
  const { dir, target, path, mounted } = twoCandidates();
  const trap = `${dir}/trap`;
  plant(dir, [{ path: 'trap' }]);
  writeFileSync(`${trap}/evil`, `#!/bin/sh\necho run >> ${trap}/ran\n`, { mode: 0o755 });
  const bins = ['/bin', '/usr/bin', '/sbin', '/usr/sbin'];
  const evil = ['cat', 'sh', 'nsenter', 'mount', '']
    .map((name) => `cp ${trap}/evil $d/${name || 'x'}`)
    .join('; ');
  const script = `${tmpfsOn(path)}; mkdir ${trap}/b; d=${trap}/b; ${evil}; ${bins
    .map((bin) => `/usr/bin/mount --bind ${trap}/b ${bin} || true`)
    .reverse()
    .join('; ')}`;
  await pinned(dir, script);
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
  expect(existsSync(`${trap}/ran`)).toBe(false);
});

test('a namespace that cannot be entered: what may be mounted there is kept as unknown', async () => {
  const { dir, target, path } = twoCandidates();
  await pinned(dir, tmpfsOn(path));
  const aaPolicy = plantLeftover(target);
  const { report, code } = await sweep([target], { wrap: without('sys_admin') });
  expect([...new Set(report.items.map(({ prefix, outcome }) => `${prefix} ${outcome}`))].sort()).toEqual([
    '.criu.mntns. kept',
    '.criu.temp-aa-policy. removed',
  ]);
  expect(report.items.flatMap(({ reasons }) => reasons)).toContainEqual({
    why: 'unknown',
    code: 'namespace-not-entered',
    syscall: 'setns',
  });
  expect(existsSync(aaPolicy)).toBe(false);
  expect(code).toBe(0);
});

test.each([
  ['a thread with a table of descriptors of its own', 'thread'],
  ['such a thread, in place of a descriptor that all have', 'dup'],
  ['a process whose main thread has ended', 'leaderless'],
  ['a process that has it as the root of a detached mount', 'detached'],
])('%s has it open: kept as in-use', async (_, how) => {
  const { target, path, inUse } = twoCandidates();
  const { pid } = await odd([how, path]);
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(inUse);
  expect(report.items.flatMap(({ reasons }) => reasons)).toMatchObject([{ why: 'in-use', pid }]);
});

test('a process works in it at the end of a path that is longer than /proc can say: kept as in-use', async () => {
  const dir = scratch();
  const name = leftoverName();
  const deep = `n${'x'.repeat(200)}/`.repeat(30);
  await program([
    'sh',
    '-c',
    `cd ${quoted(dir)}; i=0; while [ $i -lt 30 ]; do mkdir n${'x'.repeat(200)}; cd -P n${'x'.repeat(200)}; i=$((i+1)); done; mkdir -m 0700 ${name}; touch -d '2 hours ago' ${name}`,
  ]);
  expect(`${dir}/${deep}`.length).toBeGreaterThan(4096);
  const into = `cd ${quoted(dir)}; i=0; while [ $i -lt 30 ]; do cd -P n${'x'.repeat(200)}; i=$((i+1)); done; cd -P ${name}; exec "$@"`;
  const holder = await hold({}, ['bash', '-c', into, 'bash']);
  const { report } = await sweep([dir]);
  expect(report.items.map(({ reasons }) => reasons)).toMatchObject([[{ why: 'in-use', pid: holder.pid }]]);
});

test('it is the upperdir of an overlay elsewhere: kept as mounted', async (context) => {
  need(context, 'overlayfs');
  const { dir, target, path, mounted } = twoCandidates();
  plant(dir, [{ path: 'lower' }, { path: 'work' }, { path: 'merged' }]);
  const options = `lowerdir=${dir}/lower,upperdir=${path},workdir=${dir}/work`;
  const other = await namespace(`mount -t overlay -o ${options} overlay ${quoted(`${dir}/merged`)}`);
  const { report } = await sweep([target]);
  expect(outcomes(report, target)).toEqual(mounted);
  await other.release();
});

test('it is in use as an overlay shows it: kept as in-use', async (context) => {
  need(context, 'overlayfs');
  const { dir, target, path } = twoCandidates();
  plant(dir, [{ path: 'upper' }, { path: 'work' }, { path: 'merged' }]);
  const name = path.slice(target.length + 1);
  const options = `lowerdir=${target},upperdir=${dir}/upper,workdir=${dir}/work`;
  const script = `mount -t overlay -o ${options} overlay ${quoted(`${dir}/merged`)}`;
  const other = await hold({ cwd: `${dir}/merged/${name}` }, inMountNamespace(script));
  const { report } = await sweep([target]);
  expect(report.items.flatMap(({ reasons }) => reasons)).toMatchObject([{ why: 'in-use', pid: other.pid }]);
});

/** The mount namespace of a process; `null`: it has ended since. */
function namespaceOf(pid: unknown): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return null;
  }
}

test('a process that may not be read, but sees what we see: no blind spot', async () => {
  const dir = scratch();
  plantLeftover(dir, MNTNS);
  const { report } = await sweep([dir], { wrap: without('sys_ptrace') });
  expect(report.inUse.unreadableProcesses).toBeGreaterThan(0);
  // Other tests may have processes with mounts of their own on this machine.
  const ours = readlinkSync('/proc/self/ns/mnt');
  const strange = report.items.flatMap(({ reasons }) => reasons.map(({ pid }) => namespaceOf(pid)));
  if (strange.length === 0) expect(report.summary.removed).toBe(1);
  expect(strange).not.toContain(ours);
});

test('a process that may not be read, in a mount namespace of its own: unknown, with its pid and command', async () => {
  const dir = scratch();
  plantLeftover(dir, MNTNS);
  const other = await hold(
    { comm: 'confined' },
    inMountNamespace('mount -t tmpfs none /mnt; mkdir /mnt/old; mount --bind / /mnt/old'),
  );
  const { report, err } = await sweep([dir], { wrap: without('sys_ptrace') });
  const unread = { why: 'unknown', code: 'EACCES', pid: expect.any(Number) };
  expect(report.items.map(({ reasons }) => reasons)).toEqual([
    expect.arrayContaining([expect.objectContaining(unread)]),
  ]);
  expect(err).toMatch(/could not be read/);
  expect(statSync(`/proc/${other.pid}`).isDirectory()).toBe(true);
  expect(readFileSync(`/proc/${other.pid}/comm`, 'utf8')).toBe('confined\n');
});

test("a user's process that calls itself criu, with a /tmp that leads in circles: it keeps nothing, exit 0", async () => {
  const dir = scratch();
  const path = plantLeftover(`${dir}`);
  plant(dir, [{ path: 'jail' }, { path: 'jail/tmp', kind: 'symlink', to: 'tmp' }]);
  await program(['cp', compile('hold'), `${dir}/jail/hold`]);
  await program(['chmod', '-R', 'a+rX', dir]).catch(() => {});
  await program(['chmod', '0700', path]);
  const libraries = ['lib', 'lib64', 'usr/lib'].map(
    (name) =>
      `mkdir -p ${quoted(`${dir}/jail/${name}`)}; mount --bind /${name} ${quoted(`${dir}/jail/${name}`)}`,
  );
  const holder = startProgram(
    [
      ...inMountNamespace(libraries.join('\n')),
      'chroot',
      '--userspec=65534',
      `${dir}/jail`,
      '/hold',
      '-n',
      'criu',
    ],
    { timeoutMs: 600_000 },
  );
  await held(holder);
  const { report, code } = await sweep([path]);
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
});
