import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { start, statusOf } from '../../support/command.ts';
import { measuringMemory, until } from '../../support/hazards.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { ALIVE, tmpfsElsewhere } from '../../support/mounts.ts';
import { hold, odd } from '../../support/processes.ts';
import { reportOf } from '../../support/schema.ts';
import { scratch } from '../../support/scratch.ts';
import { seeingAll } from '../../support/sight.ts';
import { sweep, whys } from '../../support/sweep.ts';
import { plant } from '../../support/tree.ts';
import { inMountNamespace } from '../../support/wrap.ts';

const MNTNS = '.criu.mntns.';

beforeEach((context) => need(context, 'root', 'host pid namespace', 'namespaces', 'cc', 'strace'));

/** A wrap in which this call on this path fails with this errno. */
const failing = (path: string, call: string, errno: string): string[] => [
  'strace',
  '-D',
  '-f',
  '-qqq',
  '-o',
  '/dev/null',
  '-P',
  path,
  '-e',
  `trace=${call}`,
  '-e',
  `inject=${call}:error=${errno}`,
];

test.each([
  'ENOMEM',
  'EMFILE',
  'EIO',
  'ENFILE',
])('%s at the mountinfo of the process with a tmpfs on it: kept as unknown, and an error', async (errno) => {
  const dir = scratch();
  const path = plantLeftover(dir, MNTNS);
  const other = await tmpfsElsewhere(path);
  const wrap = failing(`/proc/${other.pid}/mountinfo`, 'openat', errno);
  const { report, code } = await sweep([dir], { wrap });
  expect(report.items.map(whys)).toEqual([['unknown']]);
  expect(report.items[0]?.reasons).toMatchObject([{ code: errno, pid: other.pid }]);
  expect(report.errors).toMatchObject([{ code: errno }]);
  expect(code).toBe(3);
  expect(await other.read(`${path}/witness`)).toBe(ALIVE);
});

test.each([
  ['ns/mnt', 'readlink'],
  ['root', 'readlink'],
  ['root', 'openat'],
  ['cwd', 'readlink'],
  ['fd', 'openat'],
  ['comm', 'openat'],
])('EIO at %s (%s) of a process that works in it: kept, and an error', async (name, call) => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const { pid } = await hold({ cwd: path });
  const { report, code } = await sweep([dir], { wrap: failing(`/proc/${pid}/${name}`, call, 'EIO') });
  expect(report.summary).toMatchObject({ kept: 1, removed: 0 });
  expect(code).toBe(3);
});

test.each([
  ['/proc/locks', 'openat', 'EIO'],
  ['/proc/locks', 'openat', 'EMFILE'],
  ['/proc', 'openat', 'EMFILE'],
  ['/proc', 'openat', 'EIO'],
])('%s cannot be read (%s: %s): every kind is kept as unknown, exit 3', async (path, call, errno) => {
  const dir = scratch();
  plantLeftover(dir, MNTNS);
  plantLeftover(dir);
  const { report, code } = await sweep([dir], { wrap: failing(path, call, errno) });
  expect(report.items.map(whys)).toEqual([['unknown'], ['unknown']]);
  expect(code).toBe(3);
});

test('our own mounts cannot be read: no target is swept, exit 3', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'a' }, { path: 'b' }]);
  plantLeftover(`${dir}/a`);
  const wrap = failing('/proc/self/mountinfo', 'openat', 'EMFILE');
  const { report, code } = await sweep([`${dir}/a`, `${dir}/b`], { wrap });
  expect(report.targets.map(({ status }) => status)).toEqual(['unreadable', 'unreadable']);
  expect(report.errors).toMatchObject([{ path: '/proc/self/mountinfo', code: 'EMFILE' }]);
  expect(report.summary.matched).toBe(0);
  expect(code).toBe(3);
});

test('more mounts than anybody needs: bounded memory, kept as unknown, other kinds go', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'target' }, { path: 'deep' }]);
  plantLeftover(`${dir}/target`, MNTNS);
  plantLeftover(`${dir}/target`);
  await odd(['mounts', `${dir}/deep`, '2200'], inMountNamespace());
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report, code } = await sweep([`${dir}/target`], { wrap });
  expect(report.items.map(({ prefix, outcome }) => `${prefix} ${outcome}`).sort()).toEqual([
    '.criu.mntns. kept',
    '.criu.temp-aa-policy. removed',
  ]);
  expect(report.items.flatMap(({ reasons }) => reasons)).toMatchObject([
    { why: 'unknown', code: 'too-long' },
  ]);
  expect(code).toBe(0);
  expect(peakMiB()).toBeLessThan(150);
});

/** Whether a process has this file open; waits a little where it has not. */
async function isReading(pid: number, file: string): Promise<boolean> {
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    if (open.includes(file)) return true;
  } catch {
    // A descriptor that was closed meanwhile.
  }
  await sleep(2);
  return false;
}

test('60,000 locks of another: the look comes to an end, and hears a signal meanwhile', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'target' }]);
  const path = plantLeftover(`${dir}/target`);
  await odd(['locks', `${dir}/file`, '60000']);
  const running = start(['--json', `${dir}/target`]);
  await until(20_000, async () => isReading(running.pid, '/proc/locks'));
  running.kill('SIGTERM');
  const stopped = await running.ended;
  expect(stopped.signal ?? stopped.code).toBe('SIGTERM');
  expect(reportOf(stopped.stdout)).toMatchObject({ interrupted: 'SIGTERM', exitCode: statusOf('SIGTERM') });
  expect(existsSync(path)).toBe(true);

  const late = await sweep(['--max-runtime', '300ms', `${dir}/target`]);
  expect(late.report).toMatchObject({ interrupted: 'timeout', summary: { removed: 0 } });
  expect(existsSync(path)).toBe(true);

  const { report, code } = await sweep([`${dir}/target`], { wrap: seeingAll() });
  expect(report.summary.removed).toBe(1);
  expect(code).toBe(0);
}, 180_000);
