import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run } from '../../support/command.ts';
import { compile } from '../../support/compile.ts';
import { leftoverName } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';
import { inMountNamespace, quoted } from '../../support/wrap.ts';

/** What `inspect` prints in a mount namespace after a script ran there, and what the commands it advises then do. */
async function inspected(dir: string, script: string, args: readonly string[] = []) {
  const { out, code } = await run(['inspect', ...args, dir], { wrap: inMountNamespace(script) });
  return { out, code, commands: out.split('\n').flatMap((line) => line.trim().match(/^umount .*/) ?? []) };
}

/** The mounts that are left below a directory when the commands have been run one after the other. */
const leftAfter = (script: string, commands: readonly string[], dir: string): string =>
  execFileSync(
    'unshare',
    [
      '--mount',
      '--propagation=private',
      'bash',
      '-e',
      '-c',
      [script, ...commands, `grep -cF ${quoted(dir)} /proc/self/mountinfo || :`].join('\n'),
    ],
    { encoding: 'utf8' },
  ).trim();

test('a cgroup yard that a killed restore left is unmounted by the command advised, what is in it first', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  const yard = `${dir}/${leftoverName('.criu.cgyard.')}`;
  mkdirSync(yard, { mode: 0o700 });
  const script = `mount -t tmpfs -o mode=1777 none ${yard}
    mkdir ${yard}/freezer ${yard}/freezer/x ${yard}/pids
    mount -t tmpfs none ${yard}/pids; mount -t tmpfs none ${yard}/freezer; mkdir ${yard}/freezer/x
    mount -t tmpfs none ${yard}/freezer/x`;
  const { out, commands, code } = await inspected(dir, script, ['--check']);
  expect(commands).toEqual([`umount ${yard}/freezer/x ${yard}/freezer ${yard}/pids ${yard}`]);
  expect(out).toContain(`would keep ${yard.slice(dir.length + 1)}: mounted (${yard})`);
  expect(leftAfter(script, commands, dir)).toBe('0');
  expect(code).toBe(1);
});

test('of stacked mounts the topmost comes first, and each is named', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  const root = `${dir}/${leftoverName('.criu.mntns.')}`;
  mkdirSync(root, { mode: 0o700 });
  const script = `mount -t tmpfs a ${root}; mkdir ${root}/x; mount -t tmpfs b ${root}/x
    mount -t tmpfs c ${root}; mkdir ${root}/y; mount -t tmpfs d ${root}/y; mount -t tmpfs e ${root}/y`;
  const { commands } = await inspected(dir, script);
  expect(commands).toEqual([`umount ${root}/y ${root}/y ${root} ${root}/x ${root}`]);
  expect(leftAfter(script, commands, dir)).toBe('0');
});

test('whatever is in the path, the command is one for a shell', async (context) => {
  need(context, 'root', 'namespaces');
  const above = scratch();
  const dir = `${above}/it's $(touch x) "a\n\x1bü`;
  const root = `${dir}/${leftoverName('.criu.mntns.')}`;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const script = `mount -t tmpfs none ${quoted(root)}`;
  const { out, commands } = await inspected(above, script);
  expect(commands).toHaveLength(1);
  expect(leftAfter(script, commands, above)).toBe('0');
  expect(out).not.toContain('\x1b');
});

test('what a living process uses gets no command, but the process that uses it', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const dir = scratch();
  const root = `${dir}/${leftoverName('.criu.mntns.')}`;
  mkdirSync(root, { mode: 0o700 });
  const hold = compile('hold');
  const script = (use: string) => `mount -t tmpfs none ${root}; mkdir ${root}/x; exec 7>&1
    { ${use} >&7 2>/dev/null & } ; pid=$!; sleep 0.3; trap "kill -9 $pid" EXIT
    "$@"; exit`;
  for (const use of [
    `${hold} -n job -c ${root}/x`,
    `${hold} -n job -o ${root}/x`,
    `${hold} -n criu -c ${dir}`,
  ]) {
    const { out, commands } = await inspected(dir, script(use));
    expect(commands).toEqual([]);
    expect(out).toMatch(/pid \d+ \((job|criu)\) uses what is mounted there/);
  }
});

test('a mount in another namespace alone gets no command', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  const root = `${dir}/${leftoverName('.criu.mntns.')}`;
  mkdirSync(root, { mode: 0o700 });
  const script = `sh -c 'unshare --mount --propagation=private sh -c "mount -t tmpfs none ${root}; exec sleep 5"' & sleep 0.5`;
  const { commands } = await inspected(dir, script, ['--older-than', '0s']);
  expect(commands).toEqual([]);
});
