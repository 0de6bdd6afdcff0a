import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { type Running, run, start } from '../support/command.ts';
import { asleep } from '../support/hazards.ts';
import { leftoverName, plantLeftover, plantMany } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { list, plant } from '../support/tree.ts';

beforeEach((context) => need(context, 'root'));

/** Ends a repeated sweep by a signal while it waits, after the sweep whose summary says that. */
async function endedAfter(summary: RegExp, sweeping: Running, signal: NodeJS.Signals = 'SIGTERM') {
  await sweeping.printed('stderr', summary);
  await asleep(sweeping.pid);
  sweeping.kill(signal);
  return sweeping.ended;
}

test.each([
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
] as const)('a sweep that is repeated ends with 0 when %s comes while it waits', async (signal) => {
  const dir = scratch();
  plantLeftover(dir);
  const sweeping = start(['--every', '1h', dir]);
  expect(await endedAfter(/1 removed/, sweeping, signal)).toMatchObject({ code: 0, signal: null });
});

test('it sweeps again at the interval, what came meanwhile too, with a report each time', async () => {
  const dir = scratch();
  mkdirSync(`${dir}/work`);
  const report = `${dir}/report.json`;
  const first = plantLeftover(`${dir}/work`);
  const sweeping = start(['--every', '700ms', '--report', report, '--metrics', `${dir}/m.prom`, '.'], {
    cwd: `${dir}/work`,
  });
  await sweeping.printed('stdout', new RegExp(`removed ${first}`));
  const second = plantLeftover(`${dir}/work`);
  await sweeping.printed('stdout', new RegExp(`removed ${second}`));
  for (let tries = 0; readFileSync(report, 'utf8').includes(first) && tries < 100; tries += 1)
    await sleep(50);
  expect(await endedAfter(/1 removed/, sweeping)).toMatchObject({ code: 0 });
  expect(readdirSync(`${dir}/work`)).toEqual([]);
  expect(reportOf(readFileSync(report))).toMatchObject({ targets: [{ path: '.', status: 'swept' }] });
  expect(readFileSync(`${dir}/m.prom`, 'utf8')).toContain('criu_sweep_last_run_timestamp_seconds');
});

test('a sweep that fails is no end: the next one may do better', async () => {
  const dir = scratch();
  const sweeping = start(['--every', '700ms', `${dir}/work`]);
  await sweeping.printed('stderr', /ENOENT/);
  mkdirSync(`${dir}/work`);
  const leftover = plantLeftover(`${dir}/work`);
  await sweeping.printed('stdout', new RegExp(`removed ${leftover}`));
  expect(await endedAfter(/1 removed/, sweeping)).toMatchObject({ code: 0 });
});

test('a signal in the middle of a sweep stops that sweep, and is raised again', async () => {
  const dir = scratch('/dev/shm');
  plantMany(dir, 30_000);
  const sweeping = start(['--every', '1h', '--json', dir]);
  await sweeping.printed('stdout', /"removed"/);
  sweeping.kill('SIGTERM');
  const ended = await sweeping.ended;
  expect(ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(reportOf(ended.stdout)).toMatchObject({ interrupted: 'SIGTERM', exitCode: 143 });
});

test('an interval longer than a timer can hold is waited for all the same', async () => {
  const sweeping = start(['--every', '52w', '-v', scratch()]);
  await sweeping.printed('stderr', /0 removed/);
  await sleep(1000);
  sweeping.kill('SIGTERM');
  const { code, err } = await sweeping.ended;
  expect(code).toBe(0);
  expect(err.match(/0 removed/g)).toHaveLength(1);
});

test('a relative target whose directory went away is not looked for elsewhere', async () => {
  const dir = scratch();
  mkdirSync(`${dir}/a/tmp`, { recursive: true });
  const sweeping = start(['--every', '700ms', '-v', 'tmp'], { cwd: `${dir}/a` });
  await sweeping.printed('stderr', /0 removed/);
  rmSync(`${dir}/a`, { recursive: true });
  const { code, err } = await sweeping.ended;
  expect(code).toBe(2);
  expect(err).toContain(`criu-sweep: ${dir}/a: ENOENT: no such file or directory: relative targets`);
});

/** A sweep of a target that is exchanged between its first beat and the second; what it said. */
async function exchanged(dir: string, target: string, cwd: string, exchange: () => void) {
  const sweeping = start(['--every', '700ms', '-v', target], { cwd });
  await sweeping.printed('stderr', /0 removed/);
  exchange();
  const { code, out } = await endedAfter(/changed while it was swept|1 removed/, sweeping);
  expect(code).toBe(0);
  return { out, left: readdirSync(`${dir}/outside/work`).length };
}

test.each([
  ['a relative target', 'work', 'a', 'a/work', 'outside/work'],
  ['what relative targets are named from', 'work', 'a', 'a', 'outside'],
  ['a target of `.`', '.', 'a/work', 'a/work', 'outside/work'],
  ['an absolute target', '/a/work', '', 'a/work', 'outside/work'],
  ['a directory above an absolute target', '/a/work', '', 'a', 'outside'],
  ['the base of a glob', '/a/wor[k]', '', 'a', 'outside'],
  ['the base of a relative glob', 'a/wor[k]', '', 'a', 'outside'],
])('%s is replaced by a link meanwhile: changed, and nothing is swept there', async (_, target, cwd, replaced, by) => {
  const dir = scratch();
  plant(dir, [{ path: 'a/work' }, { path: `outside/work/${leftoverName()}`, age: '2h' }]);
  const named = target.startsWith('/') ? dir + target : target;
  const { out, left } = await exchanged(dir, named, `${dir}/${cwd}`, () => {
    renameSync(`${dir}/${replaced}`, `${dir}/moved`);
    symlinkSync(`${dir}/${by}`, `${dir}/${replaced}`);
  });
  expect({ out, left }).toEqual({ out: '', left: 1 });
});

test('a target that is removed and made anew is the same target', async () => {
  const dir = scratch();
  mkdirSync(`${dir}/a/work`, { recursive: true });
  const sweeping = start(['--every', '700ms', '-v', `${dir}/a/work`, `${dir}/*/wor[k]`]);
  await sweeping.printed('stderr', /0 removed/);
  rmSync(`${dir}/a`, { recursive: true });
  await sweeping.printed('stderr', /ENOENT/);
  mkdirSync(`${dir}/a/work`, { recursive: true });
  const leftover = plantLeftover(`${dir}/a/work`);
  await sweeping.printed('stdout', new RegExp(`removed ${leftover}`));
  expect((await endedAfter(/1 removed/, sweeping)).code).toBe(0);
});

test('a target that its owner makes a link to / ends neither the sweep nor the next', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'theirs' }, { path: 'ours' }]);
  const sweeping = start(['--every', '700ms', '-v', '--max-depth', '1', `${dir}/theirs`, `${dir}/ours`]);
  await sweeping.printed('stderr', /0 removed/);
  renameSync(`${dir}/theirs`, `${dir}/moved`);
  symlinkSync('/', `${dir}/theirs`);
  await sweeping.printed('stderr', /theirs: /);
  const leftover = plantLeftover(`${dir}/ours`);
  await sweeping.printed('stdout', new RegExp(`removed ${leftover}`));
  expect((await endedAfter(/1 removed/, sweeping)).code).toBe(0);
});

test('relative targets are found again from a directory whose name is not UTF-8', async () => {
  const dir = scratch();
  const decoy = leftoverName();
  plant(dir, [
    { path: 'not\xff', kind: 'directory' },
    { path: `not\xef\xbf\xbd/${decoy}`, age: '2h' },
  ]);
  const sweeping = start(['--every', '700ms', '-v', '.'], {
    wrap: ['env', 'LC_ALL=C', 'sh', '-c', 'cd "$0"/not? && exec "$@"', dir],
  });
  await sweeping.printed('stderr', /0 removed/);
  const leftover = leftoverName();
  plant(dir, [{ path: `not\xff/${leftover}`, age: '2h' }]);
  await sweeping.printed('stdout', new RegExp(`removed .*${leftover}`));
  expect(await endedAfter(/1 removed/, sweeping)).toMatchObject({ code: 0 });
  expect(list(dir)).toEqual(['not\xef\xbf\xbd', `not\xef\xbf\xbd/${decoy}`, 'not\xff'].toSorted());
});

test.each(['0s', '5', '-1h', ''])('an interval that is none is refused: %j', async (interval) => {
  const dir = scratch();
  plantLeftover(dir);
  const refused = await run([`--every=${interval}`, dir]);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toMatch(/^criu-sweep: --every: .*\n$/);
  expect(readdirSync(dir)).toHaveLength(1);
});
