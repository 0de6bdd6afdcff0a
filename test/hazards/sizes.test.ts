import { mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { can, need } from '../support/abilities.ts';
import { program, run } from '../support/command.ts';
import { makeMany, measuringMemory } from '../support/hazards.ts';
import { AA_POLICY, leftoverName, plantLeftover } from '../support/leftovers.ts';
import { plantDeep } from '../support/races.ts';
import { MEMORY, makeScratch, removeScratch, scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { age, exists, plant } from '../support/tree.ts';
import { straced, withDescriptors } from '../support/wrap.ts';

beforeEach((context) => need(context, 'cc'));

/** What a tree of any size may add to what a sweep of nothing needs: far less than its names would. */
const GROWTH_MIB = 70;
let flatMiB = 0;

beforeAll(async () => {
  if (!can('cc')) return;
  const dir = makeScratch();
  const { wrap, peakMiB } = measuringMemory(dir);
  await run(['--json', dir], { wrap });
  flatMiB = peakMiB() + GROWTH_MIB;
  removeScratch(dir);
});

test('a tree 3,000 levels deep, and paths longer than PATH_MAX: all swept, memory flat', async () => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  expect(await plantDeep(`${dir}/tree`, 3000, 'a-level', 100, leftoverName())).toBe(30);
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report, code } = await sweep([`${dir}/tree`], { wrap });
  expect({ code, errors: report.errors }).toEqual({ code: 0, errors: [] });
  expect(report.summary).toMatchObject({ matched: 30, removed: 30 });
  expect(Math.max(...report.items.map((item) => item.path.length))).toBeGreaterThan(20_000);
  expect(report.targets).toMatchObject([{ directories: 3001, entries: 3030 }]);
  expect(peakMiB()).toBeLessThan(flatMiB);
});

/** Makes so many leftovers at the end of a path of so many levels, one name at a time. */
const MANY_BELOW = `
const fs = require('node:fs');
const [dir, name, levels, leftovers] = process.argv.slice(1);
process.chdir(dir);
for (let level = 0; level < Number(levels); level += 1) {
  fs.mkdirSync(name);
  process.chdir(name);
}
for (let n = 0; n < Number(leftovers); n += 1) {
  const leftover = '${AA_POLICY}' + String(n).padStart(6, '0');
  fs.mkdirSync(leftover, { mode: 0o700 });
  fs.utimesSync(leftover, 0, 0);
}`;

test.each([
  ['json', ['--json']],
  ['text, with a report', ['--report', '/dev/null']],
  ['verbose, in a dry run', ['-v', '-n']],
])('300 leftovers with paths of 400,000 characters, as %s: memory flat', async (_, args) => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  await program([process.execPath, '-e', MANY_BELOW, `${dir}/tree`, 'n'.repeat(200), '2000', '300']);
  const { wrap, peakMiB } = measuringMemory(dir);
  expect(await run([...args, `${dir}/tree`], { wrap, stdout: '/dev/null' })).toMatchObject({ code: 0 });
  expect(peakMiB()).toBeLessThan(flatMiB);
});

test('2,500 levels with 40 descriptors: all swept', async (context) => {
  need(context, 'prlimit');
  const dir = scratch(MEMORY);
  await plantDeep(dir, 2500, 'l', 50, leftoverName());
  const { report, code } = await sweep([dir], { wrap: withDescriptors(40) });
  expect({ code, errors: report.errors }).toEqual({ code: 0, errors: [] });
  expect(report.summary).toMatchObject({ matched: 50, removed: 50 });
});

test('large directories in one another with 40 descriptors: all swept', async (context) => {
  need(context, 'prlimit');
  const dir = scratch(MEMORY);
  const levels = 40;
  const name = leftoverName();
  const paths = Array.from({ length: levels }, (_, n) =>
    Array(n + 1)
      .fill('level')
      .join('/'),
  );
  plant(
    dir,
    paths.map((path) => ({ path: `${path}/${name}`, age: '2h' })),
  );
  for (const path of paths) await makeMany('files', `${dir}/${path}`, 5000);
  const { report, code } = await sweep([dir], { wrap: withDescriptors(40) });
  expect({ code, errors: report.errors }).toEqual({ code: 0, errors: [] });
  expect(report.summary.removed).toBe(levels);
});

test('a candidate with 300,000 files: kept not-empty, one read of it, memory flat', async (context) => {
  need(context, 'strace');
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  const path = plantLeftover(`${dir}/tree`);
  await makeMany('files', path, 300_000);
  age(path, new Date(Date.now() - 7200e3));
  for (const more of [[], ['--dry-run'], ['--dry-run', '--no-in-use']]) {
    const { wrap, peakMiB } = measuringMemory(dir);
    const { report, code } = await sweep([...more, `${dir}/tree`], { wrap });
    expect(code).toBe(0);
    expect(Object.values(outcomes(report, dir))).toEqual(['kept: not-empty']);
    expect(peakMiB()).toBeLessThan(flatMiB);
  }
  const log = `${dir}/getdents`;
  await run(['--dry-run', `${dir}/tree`], { wrap: straced(log, 'getdents64') });
  const bytes = [...readFileSync(log, 'utf8').matchAll(/ = (\d+)$/gm)].map((match) => Number(match[1]));
  expect(bytes.length).toBeGreaterThan(0);
  expect(bytes.filter((count) => count > 1000).length).toBeLessThanOrEqual(2);
});

test('a directory with 1,000,000 entries: every leftover in it removed, memory flat', async () => {
  const dir = scratch(MEMORY);
  plant(dir, [{ path: 'tree/below', mode: '0755' }]);
  await makeMany('files', `${dir}/tree`, 1_000_000);
  await makeMany('leftovers', `${dir}/tree`, 500);
  const deeper = plantLeftover(`${dir}/tree/below`);
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report, code } = await sweep([`${dir}/tree`], { wrap });
  expect(code).toBe(0);
  expect(report.summary).toMatchObject({ matched: 501, removed: 501 });
  expect(report.targets).toMatchObject([{ directories: 2, entries: 1_000_502 }]);
  expect(exists('', deeper.slice(1))).toBe(false);
  expect(peakMiB()).toBeLessThan(flatMiB);
});

test('a directory with 100,000 directories: each is looked into, memory flat', async () => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  await makeMany('directories', `${dir}/tree`, 100_000, 'd');
  const deeper = [0, 50_000, 99_999].map((n) => plantLeftover(`${dir}/tree/d${n}`));
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report } = await sweep([`${dir}/tree`], { wrap });
  expect(report.items.map((item) => item.path).toSorted()).toEqual(deeper.toSorted());
  expect(report.targets).toMatchObject([{ directories: 100_001, entries: 100_003 }]);
  expect(peakMiB()).toBeLessThan(flatMiB);
});

test('100,000 leftovers: all removed and reported, memory flat', async () => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/tree`);
  await makeMany('leftovers', `${dir}/tree`, 100_000);
  const { wrap, peakMiB } = measuringMemory(dir);
  const { code } = await run(['--report', `${dir}/report`, '--json', `${dir}/tree`], {
    wrap,
    stdout: '/dev/null',
  });
  expect(code).toBe(0);
  expect(readFileSync(`${dir}/report`, 'utf8')).toMatch(/"summary":\{"matched":100000,"removed":100000,/);
  expect(peakMiB()).toBeLessThan(flatMiB);
});

test('300,000 leftovers need no more memory than 30,000: nothing of each is kept', async () => {
  const peaks: number[] = [];
  for (const count of [30_000, 300_000]) {
    const dir = scratch(MEMORY);
    mkdirSync(`${dir}/tree`);
    await makeMany('leftovers', `${dir}/tree`, count);
    const { wrap, peakMiB } = measuringMemory(dir);
    expect((await run(['-q', `${dir}/tree`], { wrap })).code).toBe(0);
    peaks.push(peakMiB());
  }
  const [few = 0, many = 0] = peaks;
  expect(many - few).toBeLessThan(14);
});
