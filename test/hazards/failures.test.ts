import { execFileSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { leftoverName, plantLeftover, plantMany } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, list, plant } from '../support/tree.ts';
import { asUser, inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root'));

/** A tree on a loop device with ext4, where attributes work whatever /tmp is. */
const onExt4 = (dir: string, script: string): string[] =>
  inMountNamespace(`cd ${quoted(dir)}; mkdir -p on; truncate -s 32M disk.img; mkfs.ext4 -q disk.img
    mount -o loop disk.img on; ${script}`);
const make = (names: readonly string[]): string =>
  `for n in ${names.join(' ')}; do mkdir -p -m 0700 "$n"; touch -d '2 hours ago' "$n"; done`;

test('immutable directories (chattr +i): failed, the others go on, exit 3', async (context) => {
  need(context, 'namespaces', 'chattr', 'loop devices');
  const dir = scratch();
  const [fixed, free] = [leftoverName(), leftoverName()];
  const wrap = onExt4(dir, `${make([`on/${fixed}`, `on/${free}`])}; chattr +i on/${fixed}`);
  const { report, code } = await sweep([`${dir}/on`], { wrap });
  expect(outcomes(report, `${dir}/on`)).toEqual({ [fixed]: 'failed', [free]: 'removed' });
  expect(report.items.find((item) => item.outcome === 'failed')).toMatchObject({
    code: 'EPERM',
    syscall: 'rmdir',
  });
  expect(code).toBe(3);
});

test('an immutable parent: what is in it failed, what is elsewhere is removed, exit 3', async (context) => {
  need(context, 'namespaces', 'chattr', 'loop devices');
  const dir = scratch();
  const [fixed, free] = [leftoverName(), leftoverName()];
  const wrap = onExt4(
    dir,
    `mkdir -m 755 on/p on/q; ${make([`on/p/${fixed}`, `on/q/${free}`])}; chattr +i on/p`,
  );
  const { report, code } = await sweep([`${dir}/on`], { wrap });
  expect(outcomes(report, `${dir}/on`)).toEqual({ [`p/${fixed}`]: 'failed', [`q/${free}`]: 'removed' });
  expect(code).toBe(3);
});

test('a hundred immutable directories: twenty are said one by one, the rest is counted', async (context) => {
  need(context, 'namespaces', 'chattr', 'loop devices');
  const dir = scratch();
  const wrap = onExt4(
    dir,
    `mkdir -p on; for n in $(seq 100 199); do mkdir -m 700 on/.criu.mnt.abc$n; touch -d '2 hours ago' on/.criu.mnt.abc$n; done
    chattr +i on/.criu.mnt.*`,
  );
  const { out, err, code } = await run(['--no-in-use', `${dir}/on`], { wrap });
  const lines = err.trimEnd().split('\n');
  expect(lines.filter((line) => /^failed .*: EPERM: operation not permitted$/.test(line))).toHaveLength(20);
  expect(lines).toHaveLength(22);
  expect(lines[20]).toContain('80 more');
  expect({ out, code }).toEqual({ out: '', code: 3 });
});

test('a read-only file system: failed, another target goes on, exit 3', async (context) => {
  need(context, 'namespaces');
  const dir = scratch();
  plant(dir, [{ path: 'ro' }, { path: 'rw' }]);
  const [fixed, free] = [plantLeftover(`${dir}/ro`), plantLeftover(`${dir}/rw`)];
  const ro = quoted(`${dir}/ro`);
  const wrap = inMountNamespace(`mount --bind ${ro} ${ro}; mount -o remount,bind,ro ${ro}`);
  const { report, code } = await sweep([`${dir}/ro`, `${dir}/rw`], { wrap });
  expect(report.items.map(({ path, outcome, code }) => [path, outcome, code])).toEqual([
    [fixed, 'failed', 'EROFS'],
    [free, 'removed', undefined],
  ]);
  expect(code).toBe(3);
});

test('no permission to remove, to read or to search: failed or said, the others go on, exit 3', async (context) => {
  need(context, 'setpriv');
  const dir = scratch();
  const names = [leftoverName(), leftoverName(), leftoverName(), leftoverName()];
  const [remove, search, sticky, free] = names;
  plant(dir, [
    { path: `closed/${remove}`, uid: 65534, age: '2h' },
    { path: `unsearchable/${search}`, uid: 65534, age: '2h' },
    { path: 'unsearchable', mode: '0744' },
    { path: 'unreadable/more' },
    { path: 'unreadable', mode: '0711' },
    { path: `sticky/${sticky}`, uid: 65534, age: '2h' },
    { path: 'sticky', mode: '1777', uid: 1 },
    { path: `open/${free}`, uid: 65534, age: '2h' },
    { path: 'open', mode: '0777' },
    { path: 'closed', mode: '0755' },
  ]);
  const { report, code } = await sweep([dir], { wrap: asUser(65534) });
  expect(outcomes(report, dir)).toEqual({
    [`closed/${remove}`]: 'failed',
    [`sticky/${sticky}`]: 'removed',
    [`open/${free}`]: 'removed',
  });
  expect(report.errors.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: `${dir}/unreadable`, code: 'EACCES', syscall: 'scandir' },
    { path: `${dir}/unsearchable`, code: 'EACCES', syscall: 'chdir' },
  ]);
  expect(code).toBe(3);
});

test('a thousand directories that cannot be read: the messages are bounded, the others go on', async (context) => {
  need(context, 'setpriv');
  const dir = scratch();
  plant(
    dir,
    Array.from({ length: 1000 }, (_, n) => [{ path: `d${n}/more` }, { path: `d${n}`, mode: '0000' }]).flat(),
  );
  plant(dir, [{ path: 'open', mode: '0777' }]);
  const free = plantMany(`${dir}/open`, 3);
  execFileSync('chown', ['65534', ...free.map((name) => `${dir}/open/${name}`)]);
  const { err, code } = await run([dir], { wrap: asUser(65534) });
  expect(err.trimEnd().split('\n')).toHaveLength(22);
  expect(err).toContain('980 more');
  expect(code).toBe(3);
  expect(list(`${dir}/open`)).toEqual([]);
  expect(exists(dir, 'd0')).toBe(true);
});
