import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { program, run, start } from '../support/command.ts';
import { makeMany, stuck } from '../support/hazards.ts';
import { plantLeftover, plantMany } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';
import { after, asUser, inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'setpriv'));

const MALLORY = 65534;

/** A directory in which others may write as `mode` says, beside a tree with a leftover and a file of root's. */
function place(mode: number): { shared: string; work: string; leftover: string; precious: string } {
  const dir = scratch();
  mkdirSync(`${dir}/shared`);
  mkdirSync(`${dir}/work`);
  chmodSync(`${dir}/shared`, mode);
  writeFileSync(`${dir}/precious`, 'precious\n', { mode: 0o600 });
  const leftover = plantLeftover(`${dir}/work`);
  return { shared: `${dir}/shared`, work: `${dir}/work`, leftover, precious: `${dir}/precious` };
}

const asMallory = (...argv: string[]) => program(argv, { wrap: asUser(MALLORY) });

/** Ways to name an output file, each with the arguments for a file and a tree. */
const WAYS: readonly (readonly [string, (file: string, work: string) => string[]])[] = [
  ['--report', (file, work) => ['--report', file, work]],
  ['--metrics', (file, work) => ['--metrics', file, work]],
  ['inspect --report', (file, work) => ['inspect', '--report', file, work]],
  ['run --report', (file, work) => ['run', '--work-dir', work, '--report', file, '--', 'true']],
];

describe.each(WAYS)('another user’s link where %s goes', (_, args) => {
  test('in a sticky directory, to a file of root’s: exit 2, nothing is touched', async () => {
    const { shared, work, leftover, precious } = place(0o1777);
    const link = `${shared}/x.prom`;
    await asMallory('ln', '-s', precious, link);
    const { code, err, out } = await run(args(link, work));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^criu-sweep: --(report|metrics): .*x\.prom: is not followed: .* link of uid 65534.*\n$/,
    );
    expect(readFileSync(precious, 'utf8')).toBe('precious\n');
    expect(readdirSync(shared)).toEqual(['x.prom']);
    expect(existsSync(leftover)).toBe(true);
  });

  test('in a sticky directory, to a device: exit 2, it is not opened', async () => {
    const { shared, work, leftover } = place(0o1777);
    await asMallory('ln', '-s', '/dev/full', `${shared}/x.prom`);
    const { code, err } = await run(args(`${shared}/x.prom`, work));
    expect(code).toBe(2);
    expect(err).toMatch(/is not followed/);
    expect(existsSync(leftover)).toBe(true);
  });

  test('in a directory of the path: exit 2', async () => {
    const { shared, work, precious } = place(0o1777);
    await asMallory('ln', '-s', join(precious, '..'), `${shared}/d`);
    const { code, err } = await run(args(`${shared}/d/new.prom`, work));
    expect(code).toBe(2);
    expect(err).toMatch(/\/d is a link of uid 65534/);
    expect(list(join(precious, '..')).filter((name) => name.includes('prom'))).toEqual([]);
  });
});

test('a block device behind another user’s link is not written to', async (context) => {
  need(context, 'loop devices');
  const { shared, work } = place(0o1777);
  const image = `${scratch()}/image`;
  writeFileSync(image, Buffer.alloc(1 << 20, 'x'));
  const { out } = await program(['losetup', '--find', '--show', image]);
  const device = out.trim();
  try {
    await asMallory('ln', '-s', device, `${shared}/r`);
    expect(await run(['-n', '--report', `${shared}/r`, work])).toMatchObject({ code: 2 });
    await program(['sync', device]);
  } finally {
    await program(['losetup', '--detach', device]);
  }
  expect(readFileSync(image).equals(Buffer.alloc(1 << 20, 'x'))).toBe(true);
});

test.each([
  ['a world-writable directory', (dir: string) => chmodSync(dir, 0o777)],
  [
    'a directory its group may write to',
    (dir: string) => {
      chownSync(dir, 0, MALLORY);
      chmodSync(dir, 0o775);
    },
  ],
  ['a directory of that user’s own', (dir: string) => chownSync(dir, MALLORY, MALLORY)],
])('another user’s link in %s is refused', async (_, open) => {
  const { shared, work, precious } = place(0o755);
  open(shared);
  await asMallory('ln', '-s', precious, `${shared}/r`);
  expect(await run(['--report', `${shared}/r`, work])).toMatchObject({ code: 2 });
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
});

test('another user’s link in a directory an ACL lets him write to is refused', async (context) => {
  need(context, 'setfacl');
  const { shared, work, precious } = place(0o755);
  await program(['setfacl', '-m', `u:${MALLORY}:rwx`, shared]);
  await asMallory('ln', '-s', precious, `${shared}/r`);
  expect(await run(['--report', `${shared}/r`, work])).toMatchObject({ code: 2 });
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
});

test('every link of a chain is judged: root’s leads to another user’s', async () => {
  const { shared, work, precious } = place(0o1777);
  const mine = scratch();
  await asMallory('ln', '-s', precious, `${shared}/second`);
  symlinkSync(`${shared}/second`, `${mine}/first`);
  expect(await run(['--report', `${mine}/first`, work])).toMatchObject({ code: 2 });
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
});

test.each([
  ['root’s own, in a sticky directory', 0o1777, 0],
  ['another user’s, where only root may write now', 0o755, MALLORY],
])('a link that is followed: %s', async (_, mode, owner) => {
  const { shared, work } = place(0o1777);
  const there = scratch();
  await program(['ln', '-s', `${there}/r`, `${shared}/r`], { wrap: asUser(owner) });
  chmodSync(shared, mode);
  expect(await run(['-q', '--report', `${shared}/r`, work])).toMatchObject({ code: 0, err: '' });
  expect(reportOf(readFileSync(`${there}/r`)).summary.removed).toBe(1);
  expect(readlinkSync(`${shared}/r`)).toBe(`${there}/r`);
  expect(readdirSync(there)).toEqual(['r']);
});

test('a user who is not root follows his own link and root’s', async () => {
  const { shared, work } = place(0o1777);
  const there = scratch();
  chownSync(there, MALLORY, MALLORY);
  await asMallory('ln', '-s', `${there}/a`, `${shared}/a`);
  symlinkSync(`${there}/b`, `${shared}/b`);
  for (const name of ['a', 'b']) {
    const { code } = await run(['-n', '-q', '--report', `${shared}/${name}`, work], {
      wrap: asUser(MALLORY),
    });
    expect({ name, code }).toEqual({ name, code: 0 });
  }
  expect(readdirSync(there).sort()).toEqual(['a', 'b']);
});

test('links in a circle are refused, and .. is the directory above what a link leads to', async () => {
  const dir = scratch();
  mkdirSync(`${dir}/far/below`, { recursive: true });
  symlinkSync('far/below', `${dir}/near`);
  symlinkSync('b', `${dir}/a`);
  symlinkSync('a', `${dir}/b`);
  const circle = await run(['--report', `${dir}/a`, dir]);
  expect(circle).toMatchObject({ code: 2, err: expect.stringContaining('ELOOP') });
  expect(await run(['-q', '--report', 'near/../r', dir], { cwd: dir })).toMatchObject({ code: 0 });
  expect(readdirSync(`${dir}/far`).sort()).toEqual(['below', 'r']);
});

test('a link put there while the sweep goes on is replaced, not followed', async (context) => {
  need(context, 'cc');
  const { shared, precious } = place(0o1777);
  const tree = scratch(MEMORY);
  await makeMany('leftovers', tree, 20_000);
  const running = start(['--report', `${shared}/r`, '--metrics', `${shared}/m.prom`, tree]);
  await running.printed('stdout', /removed/);
  await asMallory('ln', '-s', precious, `${shared}/r`);
  await asMallory('ln', '-s', precious, `${shared}/m.prom`);
  const { code, err } = await running.ended;
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
  expect(lstatSync(`${shared}/r`).isFile()).toBe(true);
  expect(code).toBe(3);
  expect(err).toMatch(/^criu-sweep: --metrics: .*m\.prom: is not followed/m);
  expect(list(tree)).toEqual([]);
});

test('a FIFO that another user put where the report goes is refused', async () => {
  const { shared, work, leftover } = place(0o1777);
  await asMallory('mkfifo', '-m', '666', `${shared}/r`);
  const { code, err } = await run(['--report', `${shared}/r`, work], { timeoutMs: 10_000 });
  expect(code).toBe(2);
  expect(err).toMatch(/is no file: uid 65534 has put it into/);
  expect(existsSync(leftover)).toBe(true);
});

test('a hard link and another user’s file are replaced, not written into', async () => {
  const { shared, work, precious } = place(0o1777);
  linkSync(precious, `${shared}/r`);
  await asMallory(
    'sh',
    '-c',
    `umask 0; echo mine > ${quoted(`${shared}/m.prom`)}; chmod 666 ${quoted(`${shared}/m.prom`)}`,
  );
  const args = ['-q', '--report', `${shared}/r`, '--metrics', `${shared}/m.prom`, work];
  expect(await run(args)).toMatchObject({ code: 0, err: '' });
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
  expect(reportOf(readFileSync(`${shared}/r`)).summary.removed).toBe(1);
  expect(statSync(`${shared}/m.prom`)).toMatchObject({ uid: 0, mode: 0o100644 });
});

test('another user’s file in a sticky directory does not say who may read the report', async () => {
  const { shared, work } = place(0o1777);
  await asMallory('sh', '-c', `umask 0; : > ${quoted(`${shared}/r`)}`);
  expect(await run(['-q', '--report', `${shared}/r`, work], { wrap: after('umask 077') })).toMatchObject({
    code: 0,
  });
  expect(statSync(`${shared}/r`)).toMatchObject({ uid: 0, mode: 0o100600 });
});

test.each([
  ['0600', 0o600, 0, 0],
  ['0640 of another group', 0o640, 0, 4],
  ['0644 of another user', 0o644, 1234, 1234],
])('a report of mode %s keeps mode, owner and group', async (_, mode, uid, gid) => {
  const { shared, work } = place(0o755);
  writeFileSync(`${shared}/r`, 'old');
  chownSync(`${shared}/r`, uid, gid);
  chmodSync(`${shared}/r`, mode);
  expect(await run(['-q', '--report', `${shared}/r`, work], { wrap: after('umask 0') })).toMatchObject({
    code: 0,
  });
  expect(reportOf(readFileSync(`${shared}/r`)).exitCode).toBe(0);
  expect(statSync(`${shared}/r`)).toMatchObject({ mode: 0o100000 | mode, uid, gid });
});

test('the metrics are for everybody, also where they were not before', async () => {
  const { shared, work } = place(0o755);
  writeFileSync(`${shared}/x.prom`, '', { mode: 0o600 });
  await run(['-q', '--metrics', `${shared}/x.prom`, work]);
  expect(statSync(`${shared}/x.prom`).mode & 0o7777).toBe(0o644);
});

test('the directory is moved away and another put into its place: the report goes where it was begun', async (context) => {
  need(context, 'cc');
  const { shared } = place(0o755);
  const tree = scratch(MEMORY);
  await makeMany('leftovers', tree, 20_000);
  const running = start(['--report', `${shared}/r`, tree]);
  await running.printed('stdout', /removed/);
  renameSync(shared, `${shared}.moved`);
  mkdirSync(shared);
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(readdirSync(shared)).toEqual([]);
  expect(readdirSync(`${shared}.moved`)).toEqual(['r']);
});

test('a rename that fails leaves nothing behind, exit 3', async (context) => {
  need(context, 'cc');
  const { shared } = place(0o755);
  const tree = scratch(MEMORY);
  await makeMany('leftovers', tree, 20_000);
  const running = start(['--report', `${shared}/r`, tree]);
  await running.printed('stdout', /removed/);
  mkdirSync(`${shared}/r`);
  const { code, err } = await running.ended;
  expect(code).toBe(3);
  expect(err).toMatch(/^criu-sweep: --report .*\/r: EISDIR/m);
  expect(readdirSync(shared)).toEqual(['r']);
});

test.each([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('one %s leaves the whole report, a second one nothing', async (signal) => {
  const { shared } = place(0o755);
  const tree = scratch(MEMORY);
  plantMany(tree, 30_000);
  const one = start(['--report', `${shared}/r`, tree]);
  await one.printed('stdout', /removed/);
  one.kill(signal);
  expect((await one.ended).signal).toBe(signal);
  expect(readdirSync(shared)).toEqual(['r']);
  expect(reportOf(readFileSync(`${shared}/r`)).interrupted).toBe(signal);
  rmSync(`${shared}/r`);
  const more = scratch();
  await makeMany('leftovers', more, 6000);
  const two = start(['--json', '--report', `${shared}/r`, more], { stalled: true });
  await stuck(two, more, 6000);
  expect(readdirSync(shared)).toEqual([expect.stringMatching(/^\.r\./)]);
  two.kill(signal);
  await sleep(300);
  two.kill(signal);
  expect((await two.ended).signal).toBe(signal);
  expect(readdirSync(shared)).toEqual([]);
});

test('wrong usage that is found last leaves nothing behind', async () => {
  const { shared, work } = place(0o755);
  const args = ['-q', '--report', `${shared}/r`, '--metrics', `${shared}/m.prom`];
  expect(await run([...args, '--older-than', 'x', work])).toMatchObject({ code: 2 });
  expect(await run([...args, '/proc'])).toMatchObject({ code: 2 });
  expect(readdirSync(shared)).toEqual([]);
});

test('names as long as they may be', async () => {
  const { shared, work } = place(0o755);
  const name = `${'x'.repeat(250)}.prom`;
  expect(await run(['-q', '--metrics', `${shared}/${name}`, work])).toMatchObject({ code: 0, err: '' });
  expect(readdirSync(shared)).toEqual([name]);
});

test('schedule --output-dir follows no link of another user’s, and writes all files or none', async () => {
  const { shared, precious } = place(0o1777);
  await asMallory('ln', '-s', precious, `${shared}/criu-sweep.timer`);
  const { code, out, err } = await run(['schedule', 'systemd', '--output-dir', shared, '--', '/var/tmp']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^criu-sweep: --output-dir: .*criu-sweep\.timer: is not followed/);
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
  expect(readdirSync(shared)).toEqual(['criu-sweep.timer']);
});

test('without /proc: links are judged all the same, and the report is written', async (context) => {
  need(context, 'namespaces');
  const { shared, work, precious } = place(0o1777);
  await asMallory('ln', '-s', precious, `${shared}/link`);
  const wrap = inMountNamespace('mount -t tmpfs none /proc');
  expect(await run(['-n', '-q', '--report', `${shared}/link`, work], { wrap })).toMatchObject({ code: 2 });
  await run(['-n', '-q', '--report', `${shared}/r`, work], { wrap });
  expect(reportOf(readFileSync(`${shared}/r`)).dryRun).toBe(true);
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
});
