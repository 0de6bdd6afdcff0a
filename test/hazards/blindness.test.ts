import { mkdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { CATALOGUE, leftoverName } from '../support/leftovers.ts';
import { hold } from '../support/processes.ts';
import { scratch } from '../support/scratch.ts';
import { seeingAll } from '../support/sight.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { asUser, inMountNamespace, inPidNamespace } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'host pid namespace', 'namespaces', 'setpriv', 'cc'));

const OWN_PREFIX = 'work-of-mine.';

/** One leftover of every kind, and of a prefix of the caller's own; what a sweep says that cannot see everything. */
function ofEveryKind(uid = 0): {
  dir: string;
  args: string[];
  blind: Record<string, string>;
  seeing: Record<string, string>;
} {
  const dir = scratch();
  const kinds = [...CATALOGUE, { prefix: OWN_PREFIX, mountable: false }];
  const named = kinds.map(({ prefix, mountable }) => ({ name: leftoverName(prefix), mountable }));
  plant(dir, [
    { path: 't', uid, mode: '0755' },
    ...named.map(({ name }) => ({ path: `t/${name}`, age: '2h', uid })),
  ]);
  const say = (mountable: string) =>
    Object.fromEntries(named.map((each) => [each.name, each.mountable ? mountable : 'removed']));
  const args = [...kinds.map(({ prefix }) => `--prefix=${prefix}`), `${dir}/t`];
  return { dir: `${dir}/t`, args, blind: say('kept: unknown'), seeing: say('removed') };
}

test('root on a host sees everything, and removes every kind', async () => {
  const { dir, args, seeing } = ofEveryKind();
  const { report, code, err } = await sweep(args, { wrap: seeingAll() });
  expect(outcomes(report, dir)).toEqual(seeing);
  expect(report.inUse).toEqual({ checked: true, unreadableProcesses: 0, foreignPidNamespace: false });
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('in a pid namespace of its own: what CRIU mounts things on is kept as unknown, the rest goes, stderr says why', async () => {
  const { dir, args, blind } = ofEveryKind();
  const { report, code, err } = await sweep(args, { wrap: inPidNamespace() });
  expect(outcomes(report, dir)).toEqual(blind);
  expect(report.inUse).toMatchObject({ checked: true, foreignPidNamespace: true });
  expect(code).toBe(0);
  expect(err).toMatch(/^criu-sweep: .*pid namespace.*\n$/);
});

test("a pid namespace of its own, but the host's /proc: blind all the same", async () => {
  const { dir, args, blind } = ofEveryKind();
  const { report } = await sweep(args, { wrap: ['unshare', '--pid', '--fork', '--kill-child', '--'] });
  expect(outcomes(report, dir)).toEqual(blind);
});

test('in a pid namespace of its own: a use that is seen is said all the same', async () => {
  const { dir, args } = ofEveryKind();
  const wrap = [
    ...inPidNamespace(),
    'sh',
    '-c',
    `(cd ${dir}/.criu.mntns.*; exec sleep 60) & sleep 0.3; "$@"; end=$?; kill $!; exit $end`,
    'sh',
  ];
  const { report } = await sweep(args, { wrap });
  const used = report.items.find((item) => item.prefix === '.criu.mntns.');
  expect(used?.reasons).toMatchObject([{ why: 'in-use', command: 'sleep' }]);
});

test.each([
  'hidepid=1',
  'hidepid=2',
])('%s hides processes of others from one who is not root: they do not count', async (option) => {
  const { dir, args, seeing } = ofEveryKind(65534);
  const wrap = [...inMountNamespace(`mount -t proc -o ${option} proc /proc`), ...asUser(65534)];
  const { report, code } = await sweep(args, { wrap });
  expect(outcomes(report, dir)).toEqual(seeing);
  expect(report.inUse).toMatchObject({ checked: true, unreadableProcesses: 0 });
  expect(code).toBe(0);
});

test.each([
  'hidepid=1',
  'hidepid=2',
])('%s before a root without the right to look (CAP_SYS_PTRACE): blind', async (option) => {
  const { dir, args, blind } = ofEveryKind();
  await hold({}, asUser(65534));
  const without = ['setpriv', '--bounding-set=-sys_ptrace,-dac_read_search', '--inh-caps=-sys_ptrace', '--'];
  const wrap = [...inMountNamespace(`mount -t proc -o ${option} proc /proc`), ...without];
  const { report, err } = await sweep(args, { wrap });
  expect(outcomes(report, dir)).toEqual(blind);
  expect(report.inUse.unreadableProcesses).toBeGreaterThan(0);
  expect(err).toMatch(/^criu-sweep: .*could not be read.*\n$/);
});

test('one who is not root: processes of others do not count, its own and their uses do', async () => {
  const { dir, args, seeing } = ofEveryKind(65534);
  const used = Object.keys(seeing).find((name) => name.startsWith('cr-tmpfs.')) ?? '';
  const holder = await hold({ cwd: `${dir}/${used}` }, asUser(65534));
  const { report } = await sweep(args, { wrap: asUser(65534) });
  expect(outcomes(report, dir)).toEqual({ ...seeing, [used]: 'kept: in-use' });
  expect(report.items.flatMap((item) => item.reasons)).toMatchObject([{ pid: holder.pid }]);
});

test('without /proc: works, keeps what may be a mount elsewhere, and says why', async () => {
  const { dir, args, blind } = ofEveryKind();
  mkdirSync(`${dir}/sub`);
  const { report, code, err } = await sweep(args, { wrap: inMountNamespace('umount -l /proc') });
  expect(outcomes(report, dir)).toEqual(blind);
  expect(report.inUse.checked).toBe(false);
  expect(code).toBe(0);
  expect(err).toMatch(/^criu-sweep: .*\/proc.*\n$/);
});

test.each([
  ['a target', '', []],
  ['a target that may be missing', '', ['--ignore-missing']],
  ['a glob', '/.*', []],
  ['a target, in use or not', '', ['--no-in-use']],
])('/proc of another pid namespace than ours: %s is not said to be missing, and nothing is swept', async (_, glob, options) => {
  const { dir, seeing } = ofEveryKind();
  const wrap = inMountNamespace('unshare --pid --fork mount -t proc proc /proc');
  const { report, code, err } = await sweep([...options, `${dir}${glob}`], { wrap });
  expect(report.targets).toMatchObject([{ status: 'unreadable', directories: 0 }]);
  expect(report.errors.at(-1)).toMatchObject({ path: '/proc/self/mountinfo', code: 'foreign-proc' });
  expect(code).toBe(3);
  expect(err).toContain('/proc/self/mountinfo: cannot be read: /proc shows another pid namespace than ours');
  expect(list(dir)).toHaveLength(Object.keys(seeing).length);
});

test('--no-in-use: nobody looks, the report says that, and every kind is removed', async () => {
  const { dir, args, seeing } = ofEveryKind();
  const { report, err } = await sweep(['--no-in-use', ...args], { wrap: inPidNamespace() });
  expect(outcomes(report, dir)).toEqual(seeing);
  expect(report.inUse).toEqual({ checked: false, unreadableProcesses: 0, foreignPidNamespace: false });
  expect(err).toBe('');
});

test('what was seen and what was kept is the same in text', async () => {
  const { args } = ofEveryKind();
  const { out, err } = await run(['-v', ...args], { wrap: inPidNamespace() });
  expect(out.match(/^kept .*: unknown \(/gm)).toHaveLength(7);
  expect(out.match(/^removed /gm)).toHaveLength(4);
  expect(err).toMatch(/pid namespace/);
});
