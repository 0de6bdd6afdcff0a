import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run, start, statusOf } from '../support/command.ts';
import { makeMany, until } from '../support/hazards.ts';
import { plantMany } from '../support/leftovers.ts';
import { foldNdjson } from '../support/ndjson.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { inPidNamespace } from '../support/wrap.ts';

const MANY = 100_000;

beforeEach((context) => need(context, 'cc'));

test.each([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('%s in the middle: the report says exactly how many went', async (signal) => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, MANY);
  const report = `${scratch()}/r`;
  const running = start(['--report', report, dir]);
  await running.printed('stdout', /removed/);
  running.kill(signal);
  const ended = await running.ended;
  const left = readdirSync(dir).length;
  expect({ code: ended.code, signal: ended.signal }).toEqual({ code: null, signal });
  expect(left).toBeGreaterThan(0);
  const said = reportOf(readFileSync(report));
  expect(said).toMatchObject({
    interrupted: signal,
    exitCode: statusOf(signal),
    summary: { failed: 0, kept: 0 },
  });
  expect(said.summary.removed).toBe(MANY - left);
  expect(said.targets).toMatchObject([{ status: 'interrupted' }]);
  expect(ended.out.split('\n').length - 1).toBe(MANY - left);
  expect(ended.err).toMatch(new RegExp(`^criu-sweep: ${MANY - left} removed, .*${signal}.*\n$`));
});

test('a JSON report on stdout is whole after a signal, and is the one in the file', async () => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  await makeMany('leftovers', `${dir}/tree`, MANY);
  const running = start(['--json', '--report', `${dir}/report`, `${dir}/tree`]);
  await running.printed('stdout', /"outcome":"removed"/);
  running.kill('SIGTERM');
  const ended = await running.ended;
  expect(ended.signal).toBe('SIGTERM');
  const report = reportOf(ended.stdout);
  expect(report).toMatchObject({ interrupted: 'SIGTERM', exitCode: statusOf('SIGTERM') });
  expect(report.targets).toMatchObject([{ status: 'interrupted' }]);
  const left = readdirSync(`${dir}/tree`).length;
  expect(left).toBeGreaterThan(0);
  expect(report.summary.removed).toBe(MANY - left);
  expect(reportOf(readFileSync(`${dir}/report`))).toEqual(report);
});

test('an NDJSON report on stdout is whole after a signal', async () => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, MANY);
  const running = start(['--format', 'ndjson', dir]);
  await running.printed('stdout', /removed/);
  running.kill('SIGTERM');
  const { signal, out } = await running.ended;
  const report = foldNdjson(out);
  expect({ signal, interrupted: report.interrupted }).toEqual({ signal: 'SIGTERM', interrupted: 'SIGTERM' });
  expect(report.summary.removed).toBe(MANY - readdirSync(dir).length);
});

test('what comes after the interrupted target is not touched, and is said to be interrupted', async () => {
  const [first, second] = [scratch(MEMORY), scratch(MEMORY)];
  await makeMany('leftovers', first, MANY);
  plantMany(second, 3);
  const report = `${scratch()}/r`;
  const running = start(['-q', '--report', report, first, second]);
  while (readdirSync(first).length === MANY) await new Promise((resolve) => setTimeout(resolve, 5));
  running.kill('SIGINT');
  expect((await running.ended).signal).toBe('SIGINT');
  const { targets, exitCode } = reportOf(readFileSync(report));
  expect(targets.map(({ path, status }) => [path, status])).toEqual([
    [first, 'interrupted'],
    [second, 'interrupted'],
  ]);
  expect(exitCode).toBe(130);
  expect(readdirSync(second)).toHaveLength(3);
});

test('a dry run is interrupted in the same way', async () => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, MANY);
  const running = start(['-n', '--format', 'ndjson', dir]);
  await running.printed('stdout', /would-remove/);
  running.kill('SIGINT');
  const { signal, out } = await running.ended;
  expect(signal).toBe('SIGINT');
  expect(foldNdjson(out).summary.wouldRemove).toBeLessThan(MANY);
  expect(readdirSync(dir)).toHaveLength(MANY);
});

test('as process 1, where raising the signal again does nothing, it exits with the number', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, MANY);
  const running = start([dir], { wrap: inPidNamespace() });
  await running.printed('stdout', /removed/);
  const [child] = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').split(' ');
  process.kill(Number(child), 'SIGTERM');
  expect((await running.ended).code).toBe(143);
  expect(readdirSync(dir).length).toBeGreaterThan(0);
});

test('SIGTERM where nothing matches: a scan of 300,000 other entries hears it too', async () => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  await makeMany('directories', `${dir}/tree`, 50_000, 'd');
  await makeMany('files', `${dir}/tree`, 250_000);
  const running = start(['--json', `${dir}/tree`]);
  await running.printed('stdout', /"items":\[/);
  running.kill('SIGTERM');
  const ended = await running.ended;
  expect(ended.signal).toBe('SIGTERM');
  const { targets } = reportOf(ended.stdout);
  expect(targets).toMatchObject([{ status: 'interrupted' }]);
  expect(targets[0]?.directories).toBeLessThan(50_001);
});

test('--max-runtime ends a sweep of 100,000 before the next removal, exit 3', async () => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, 100_000);
  const { report, code } = await sweep(['--max-runtime', '400ms', dir]);
  expect(code).toBe(3);
  expect(report).toMatchObject({ interrupted: 'timeout' });
  expect(report.summary.removed).toBe(100_000 - readdirSync(dir).length);
});

test('two sweeps at once: both exit 0, what the other took is vanished, and the sums add up', async () => {
  let vanished = 0;
  await until(20_000, async () => {
    const dir = scratch();
    const dirs = ['a', 'b', 'a/c', 'b/d'];
    plant(
      dir,
      dirs.map((path) => ({ path, mode: '0755' })),
    );
    for (const path of dirs) plantMany(`${dir}/${path}`, 750);
    const both = await Promise.all([sweep([dir]), sweep([dir])]);
    expect(both.map(({ code, err }) => ({ code, err }))).toEqual([
      { code: 0, err: '' },
      { code: 0, err: '' },
    ]);
    expect(both.reduce((sum, { report }) => sum + report.summary.removed, 0)).toBe(3000);
    for (const { report } of both) {
      expect(report.errors).toEqual([]);
      expect(report.summary).toMatchObject({ failed: 0, kept: 0 });
      vanished += report.summary.vanished;
    }
    expect(list(dir)).toEqual([...dirs].sort());
    return vanished > 0;
  });
  expect(vanished).toBeGreaterThan(0);
});

test('two sweeps at once, in text: cron stays as silent as with one', async () => {
  const dir = scratch(MEMORY);
  plantMany(dir, 2000);
  const both = await Promise.all([run([dir]), run([dir])]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const lines = both.flatMap(({ out }) => out.split('\n').filter((line) => line !== ''));
  expect(lines).toHaveLength(2000);
  expect(lines.every((line) => line.startsWith('removed '))).toBe(true);
  for (const { err } of both) expect(err).toMatch(/^(criu-sweep: [^\n]*\n)?$/);
});
