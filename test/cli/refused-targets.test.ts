import { mkdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { expectRefused } from '../support/refused.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { inMountNamespace } from '../support/wrap.ts';

test.each([
  '/',
  '//',
  '///',
  '/.',
  '/./',
  '/..',
  '/tmp/..',
  '/proc',
  '/proc/',
  '//proc',
  '/proc/self',
  '/tmp/../proc/sys',
  '/sys',
  '/sys/fs/cgroup',
  '/dev',
  '/dev/pts',
  '/dev/shm/../mqueue',
  '/proc/nothing-there',
])('the target %s is refused before anything is touched', (target) =>
  expectRefused(['--dry-run', '--max-depth', '1', target], /proc|never|refuse/i));

test('an empty string and no target at all are refused', async () => {
  await expectRefused([''], /empty/);
  const { code, out, err } = await run([]);
  expect({ code, out, err }).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^criu-sweep: [^\n]*target[^\n]*\n$/),
  });
});

test('what is refused by its path is refused by a relative path and as cwd too', async () => {
  for (const cwd of ['/', '/proc', '/sys/kernel', '/dev'])
    await expectRefused(['-n', '--max-depth', '1', '.'], /proc|never|refuse/i, { cwd });
  await expectRefused(['-n', '--max-depth', '1', '../../../../../../../..'], /proc|never|refuse/i, {
    cwd: scratch(),
  });
  await expectRefused(['-n', '--max-depth', '1', '../../proc/sys'], /proc|never|refuse/i, {
    cwd: '/usr/lib',
  });
});

test.each([
  '/',
  '/proc',
  '/proc/self/',
  '/sys/kernel',
  '/dev',
])('a target that only a link leads to %s is an error of its own, and the others are swept', async (to) => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  mkdirSync(`${dir}/links`);
  symlinkSync(to, `${dir}/links/one`);
  symlinkSync('links/one', `${dir}/two`);
  const { code, report, err } = await sweep(['--max-depth', '1', `${dir}/two`, 'links/one/.', dir], {
    cwd: dir,
  });
  expect(report.errors.map(({ path, code: why }) => [path, why])).toEqual([
    [`${dir}/two`, 'forbidden'],
    ['links/one/.', 'forbidden'],
  ]);
  expect(report.targets.map(({ status }) => status)).toEqual(['unreadable', 'unreadable', 'swept']);
  expect(report.items).toMatchObject([{ path: leftover, outcome: 'removed' }]);
  expect(code).toBe(3);
  expect(err).toContain(`${dir}/two: leads to /, /proc`);
});

test('a kernel file system that is mounted elsewhere is an error of that target, and is no match of a glob', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  plant(dir, [{ path: 'p' }, { path: 'proc' }, { path: 'work' }]);
  const leftover = plantLeftover(`${dir}/work`);
  const mount = `mount --bind /proc ${dir}/proc; mount --bind /proc/sys ${dir}/p`;
  const { code, report } = await sweep(
    [`${dir}/p`, `${dir}/proc/fs`, `${dir}/pro[c]`, `${dir}/p/n*`, '--cross-device', dir],
    { wrap: inMountNamespace(mount) },
  );
  expect(report.targets.map(({ status }) => status)).toEqual([
    'unreadable',
    'unreadable',
    'no-match',
    'no-match',
    'swept',
  ]);
  expect(report.errors.map((error) => error.code)).toEqual(['forbidden', 'forbidden']);
  expect(report.items).toMatchObject([{ path: leftover, outcome: 'removed' }]);
  expect(code).toBe(3);
});

test('refused targets are refused wherever they stand among others', async () => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  for (const targets of [
    [dir, '/proc'],
    ['/sys', dir],
    [dir, ''],
    ['--', dir, '/dev'],
  ]) {
    expect((await run(targets)).code).toBe(2);
  }
  expect(list(dir)).toEqual([leftover.slice(dir.length + 1)]);
});

test('the matches of a glob in forbidden places are passed over', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, report } = await sweep(['-n', '--max-depth', '1', '/{proc,sys,dev}', '/pro[c]/self', dir]);
  expect(code).toBe(0);
  expect(report.targets.map((target) => target.status)).toEqual(['no-match', 'no-match', 'swept']);
});

test.runIf(MEMORY === '/dev/shm')('/dev/shm is the one place in /dev that is swept', async () => {
  const dir = scratch('/dev/shm');
  const leftover = plantLeftover(dir);
  const { report } = await sweep([dir]);
  expect(report.items).toMatchObject([{ path: leftover, outcome: 'removed' }]);
});

test('a bare word that names nothing is taken for a mistyped command', async () => {
  await expectRefused(['swep'], /swep.*(did you mean|command)/i);
  const { code } = await run(['./swep'], { cwd: scratch() });
  expect(code).toBe(3);
});

test('a bare word that names a directory is that directory', async () => {
  const dir = scratch();
  const { report, code } = await sweep(['work'], { cwd: dir }).catch(() => ({ report: null, code: 2 }));
  expect([report, code]).toEqual([null, 2]);
  mkdirSync(`${dir}/work`);
  expect((await sweep(['work'], { cwd: dir })).report.targets).toMatchObject([{ resolved: `${dir}/work` }]);
});
