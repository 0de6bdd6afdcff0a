import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { start, statusOf } from '../support/command.ts';
import { asleep, stuck } from '../support/hazards.ts';
import { plantMany } from '../support/leftovers.ts';
import { foldNdjson } from '../support/ndjson.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { inPidNamespace } from '../support/wrap.ts';

const MANY = 100_000;

test.each([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('%s in the middle: the report says exactly how many went', async (signal) => {
  const dir = scratch(MEMORY);
  plantMany(dir, MANY);
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

test.each(['json', 'ndjson'] as const)('a %s report on stdout is whole after a signal', async (format) => {
  const dir = scratch(MEMORY);
  plantMany(dir, MANY);
  const running = start(['--format', format, dir]);
  await running.printed('stdout', /removed/);
  running.kill('SIGTERM');
  const { signal, out } = await running.ended;
  const report = format === 'json' ? reportOf(out) : foldNdjson(out);
  expect({ signal, interrupted: report.interrupted }).toEqual({ signal: 'SIGTERM', interrupted: 'SIGTERM' });
  expect(report.summary.removed).toBe(MANY - readdirSync(dir).length);
});

test('what comes after the interrupted target is not touched, and is said to be interrupted', async () => {
  const [first, second] = [scratch(MEMORY), scratch(MEMORY)];
  plantMany(first, MANY);
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
  plantMany(dir, MANY);
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
  plantMany(dir, MANY);
  const running = start([dir], { wrap: inPidNamespace() });
  await running.printed('stdout', /removed/);
  const [child] = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').split(' ');
  process.kill(Number(child), 'SIGTERM');
  expect((await running.ended).code).toBe(143);
  expect(readdirSync(dir).length).toBeGreaterThan(0);
});

test('a reader that stalls holds the report up; the second signal ends it at once', async () => {
  const dir = scratch(MEMORY);
  plantMany(dir, MANY);
  const running = start(['--json', dir], { stalled: true });
  await stuck(running, dir, MANY);
  running.kill('SIGINT');
  await asleep(running.pid);
  expect(running.kill('SIGINT')).toBe(true);
  expect((await running.ended).signal).toBe('SIGINT');
});
