import { appendFileSync, linkSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run, start } from '../../support/command.ts';
import { makeMany, measuringMemory } from '../../support/hazards.ts';
import { inspect } from '../../support/inspection.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { MEMORY, scratch } from '../../support/scratch.ts';
import { withDescriptors } from '../../support/wrap.ts';

const HEAD = '(00.000001) Version: 3.16.1 (gitid 0)\n(00.000002) Error (criu/a.c:1): first\n';
const MIB = 1024 ** 2;

/** A log that begins as CRIU's do, and goes on with these bytes over and over. */
function plantLog(path: string, bytes: number, filling: string): void {
  writeFileSync(path, HEAD);
  appendFileSync(path, Buffer.alloc(bytes, filling));
}

beforeEach((context) => need(context, 'cc'));

test('20,000 logs of one directory: each is a run, in time and memory that grow with their number only', async () => {
  const dir = scratch(MEMORY);
  for (let n = 1; n <= 20_000; n++) writeFileSync(`${dir}/dump.log.${n}`, HEAD);
  for (let n = 0; n < 500; n++) plantLeftover(dir);
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report, code } = await inspect([dir], { wrap, timeoutMs: 20_000 });
  expect([report.runs.length, report.items.length, code]).toEqual([20_000, 500, 0]);
  expect(peakMiB()).toBeLessThan(300);
});

test.each([
  ['a\n', 'of no meaning'],
  ['Dumping\n', 'that begin as a closing line does'],
  ['Error (\n', 'that begin as an error does'],
])('64 MiB of the line %j, %s, are read in seconds, once for all hard links', async (line) => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/a`);
  plantLog(`${dir}/a/dump.log`, 64 * MIB, line);
  for (let n = 1; n <= 1000; n++) linkSync(`${dir}/a/dump.log`, `${dir}/a/dump.log.${n}`);
  const { report, code } = await inspect([dir], { timeoutMs: 25_000 });
  expect([report.runs.length, code]).toEqual([1, 0]);
  expect(report.runs[0]?.firstError?.message).toBe('first');
});

test('what shows nothing of CRIU’s in 64 KiB is not read on', async () => {
  const dir = scratch(MEMORY);
  for (let n = 1; n <= 200; n++) {
    writeFileSync(`${dir}/dump.log.${n}`, 'a\n'.repeat(65_536));
    truncateSync(`${dir}/dump.log.${n}`, 60 * MIB);
  }
  const { report, code } = await inspect([dir], { timeoutMs: 15_000 });
  expect([report.runs, code]).toEqual([[], 0]);
});

test('the bytes read of all logs are bounded; where that ends the search, it is said, and exit is 3', async () => {
  const dir = scratch();
  for (let n = 1; n <= 40; n++) {
    mkdirSync(`${dir}/${n}`);
    writeFileSync(`${dir}/${n}/dump.log`, HEAD);
    truncateSync(`${dir}/${n}/dump.log`, 1024 ** 4);
  }
  const { report, err, code } = await inspect([dir], { timeoutMs: 45_000 });
  expect(report.runs.length).toBeGreaterThan(25);
  expect(report.runs.length).toBeLessThan(40);
  expect(report.errors).toMatchObject([{ code: 'too-many-logs', syscall: 'read' }]);
  expect(err).toMatch(
    /^criu-sweep: \S+dump\.log: no more logs are read: .*: name fewer directories \(read\)\n$/,
  );
  expect(code).toBe(3);
});

test('first errors of very long lines in very many logs: memory stays bounded', async () => {
  const dir = scratch(MEMORY);
  for (let n = 1; n <= 6000; n++) {
    mkdirSync(`${dir}/${n}`);
    writeFileSync(
      `${dir}/${n}/dump.log`,
      `${HEAD.replace('first', 'x'.repeat(8000))}${'a\n'.repeat(20_000)}`,
    );
  }
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report } = await inspect([dir], { wrap, timeoutMs: 30_000 });
  expect(report.runs).toHaveLength(6000);
  expect(peakMiB()).toBeLessThan(250);
});

test('a signal is heard among very many logs, and the report is whole', async () => {
  const dir = scratch(MEMORY);
  for (let n = 1; n <= 20_000; n++) writeFileSync(`${dir}/dump.log.${n}`, HEAD);
  for (let n = 1; n <= 12; n++) {
    mkdirSync(`${dir}/${n}`);
    plantLog(`${dir}/${n}/dump.log`, 40 * MIB, 'Error (\n');
  }
  const running = start(['inspect', '--json', dir]);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const from = performance.now();
  running.kill('SIGTERM');
  const ended = await running.ended;
  expect(performance.now() - from).toBeLessThan(3000);
  expect(ended.signal).toBe('SIGTERM');
  expect(JSON.parse(ended.out)).toMatchObject({ interrupted: 'SIGTERM' });
});

test('30 descriptors and a tree of 1,500 levels: all logs are found, also where no path reaches', async (context) => {
  need(context, 'prlimit');
  const dir = scratch(MEMORY);
  process.chdir(dir);
  try {
    for (let level = 1; level <= 1500; level++) {
      mkdirSync('a-level');
      process.chdir('a-level');
      if (level % 500 === 0) writeFileSync('dump.log', HEAD);
    }
  } finally {
    process.chdir('/');
  }
  const { report, code } = await inspect([dir], { wrap: withDescriptors(30), timeoutMs: 30_000 });
  expect([report.runs.length, report.errors, code]).toEqual([3, [], 0]);
  expect(Math.max(...report.runs.map(({ log }) => log.length))).toBeGreaterThan(4096);
});

test('200,000 leftovers in text, with -v: as many as a person reads are shown, the others counted', async () => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, 200_000);
  const { wrap, peakMiB } = measuringMemory(dir);
  const { out, code } = await run(['inspect', '-v', '--no-in-use', dir], { wrap });
  expect(code).toBe(0);
  expect(out).toContain('would remove 190000 more; --json shows them');
  expect(peakMiB()).toBeLessThan(200);
});
