import { mkdirSync, readFileSync, readlinkSync, rmdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from './abilities.ts';
import { program, startProgram } from './command.ts';
import { ALIVE, bindElsewhere, joinChrooted, tmpfsElsewhere, tmpfsInChroot } from './mounts.ts';
import { hold } from './processes.ts';
import { plantDeep } from './races.ts';
import { scratch } from './scratch.ts';
import { list, plant, snapshot } from './tree.ts';
import { asUser, onTerminal, withDescriptors } from './wrap.ts';

test('a tree made from data is there as it was said', (context) => {
  need(context, 'root');
  const dir = scratch();
  plant(dir, [
    { path: 'a/\xff', mode: '2700', uid: 4, age: '2h' },
    { path: 'a/\xff/f', kind: 'file', content: 'x', mode: '0000' },
    { path: 'l', kind: 'symlink', to: '\xfe', mtime: '1960-01-01T00:00:00Z' },
    { path: 'p', kind: 'fifo', age: '-1h' },
  ]);
  expect(list(dir)).toEqual(['a', 'a/\xff', 'a/\xff/f', 'l', 'p']);
  const lines = snapshot(dir).map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual(expect.arrayContaining(['a/\xff', String(0o42700), '4']));
  expect(lines).toContainEqual(expect.arrayContaining(['l', '-315619200000000000', '\ufffd']));
});

test('a mount in another mount namespace is invisible here and dies with rmdir', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const dir = scratch();
  mkdirSync(`${dir}/on`);
  const mount = await tmpfsElsewhere(`${dir}/on`);
  expect(await mount.read(`${dir}/on/witness`)).toBe(ALIVE);
  expect(list(dir)).toEqual(['on']);
  rmdirSync(`${dir}/on`);
  await expect(mount.read(`${dir}/on/witness`)).rejects.toThrow('No such file');
});

test('a chrooted process sees its own mounts alone', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const dir = scratch();
  plant(dir, [{ path: 'on' }, { path: 'jail' }, { path: 'bound' }]);
  const chrooted = await tmpfsInChroot(`${dir}/on`, `${dir}/jail`);
  const mountinfo = (pid: number) => readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  expect(mountinfo(chrooted.pid)).toContain(` ${dir}/on `);
  expect(await chrooted.read(`${dir}/jail${dir}/on/witness`)).toBe(ALIVE);
  const bind = await bindElsewhere(`${dir}/on`, `${dir}/bound`);
  expect(mountinfo(bind.pid)).toContain(` ${dir}/bound `);
  const blind = await joinChrooted(bind, `${dir}/jail`);
  expect(mountinfo(blind.pid)).not.toContain(dir);
  expect(readlinkSync(`/proc/${blind.pid}/ns/mnt`)).toBe(readlinkSync(`/proc/${bind.pid}/ns/mnt`));
});

test('a holder has its comm, cwd, descriptor and lock until it is released', async (context) => {
  need(context, 'cc');
  const dir = scratch();
  plant(dir, [{ path: 'c' }, { path: 'o' }, { path: 'l' }]);
  const { pid, release } = await hold({ comm: 'criu', cwd: `${dir}/c`, open: `${dir}/o`, lock: `${dir}/l` });
  expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('criu\n');
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(`${dir}/c`);
  expect(readFileSync('/proc/locks', 'utf8')).toMatch(new RegExp(`FLOCK .* WRITE ${pid} `));
  await release();
  expect(() => readlinkSync(`/proc/${pid}/cwd`)).toThrow('ENOENT');
});

test('a tree can be deeper than PATH_MAX', async (context) => {
  need(context, 'cc');
  const dir = scratch();
  expect(await plantDeep(dir, 3000, 'deep', 1000, 'leftover')).toBe(3);
  expect((await program(['find', dir, '-name', 'leftover', '-printf', '%m %d\n'])).out).toMatch(
    /^700 3001$/m,
  );
});

test('wrapped programs run as another user, with few descriptors, on a terminal', async (context) => {
  need(context, 'root', 'setpriv', 'prlimit', 'script');
  const wrap = [...withDescriptors(20), ...asUser(65534)];
  expect((await program(['sh', '-c', 'id -u; ulimit -n'], { wrap })).out).toBe('65534\n20\n');
  const version = await startProgram(onTerminal(['--version'])).ended;
  expect(version.out + version.err).not.toBe('');
});
