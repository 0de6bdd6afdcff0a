import { lstatSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { foldNdjson, linesOf } from '../support/ndjson.ts';
import { reportOf } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';

test('the report says who swept what, when, and by which policy', async () => {
  const dir = scratch();
  const before = Date.now();
  const { report } = await sweep(['-n', '--older-than', '90m', '--exclude', 'x', '--max-depth', '7', dir]);
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
  expect(report).toMatchObject({
    schemaVersion: 1,
    tool: { name: 'criu-sweep', version },
    host: hostname(),
    uid: process.geteuid?.(),
    dryRun: true,
    policy: { olderThanMs: 5_400_000, maxDepth: 7, exclude: ['x'] },
    interrupted: null,
    exitCode: 0,
  });
  const [started, finished] = [Date.parse(report.startedAt), Date.parse(report.finishedAt)];
  expect(started).toBeGreaterThanOrEqual(before);
  expect(finished).toBeGreaterThanOrEqual(started);
  expect(finished).toBeLessThanOrEqual(Date.now());
  expect(report.startedAt).toBe(new Date(started).toISOString());
  expect(Math.abs(report.durationMs - (finished - started))).toBeLessThan(50);
});

test('an item says what lstat said, exactly', async () => {
  const dir = scratch();
  const path = plantLeftover(dir, 'crtools-sys.');
  const { dev, ino, mtime, mtimeMs, uid } = lstatSync(path, { bigint: true });
  const { report } = await sweep(['-n', dir]);
  const [item] = report.items;
  expect(item).toMatchObject({
    path,
    prefix: 'crtools-sys.',
    outcome: 'would-remove',
    reasons: [],
    mode: '0700',
  });
  expect(item).toMatchObject({
    uid: Number(uid),
    dev: String(dev),
    ino: String(ino),
    mtime: mtime.toISOString(),
  });
  expect(item).not.toHaveProperty('pathBase64');
  expect(Math.abs((item?.ageMs ?? 0) - (Date.parse(report.startedAt) - Number(mtimeMs)))).toBeLessThan(10);
});

test('"looked at nothing" and "found nothing" can be told apart', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'a/b' }, { path: 'a/f', kind: 'file' }, { path: leftoverName() }, { path: 'none' }]);
  const { report } = await sweep([dir, `${dir}/none`, `${dir}/no*thing`]);
  expect(report.targets.map(({ status, directories, entries }) => [status, directories, entries])).toEqual([
    ['swept', 3, 5],
    ['swept', 1, 0],
    ['no-match', 0, 0],
  ]);
});

test('every reason of every kept item is counted', async (context) => {
  need(context, 'root');
  const dir = scratch();
  plant(dir, [
    { path: leftoverName(), mode: '0755', uid: 1 },
    { path: leftoverName(), mode: '0755', age: '2h' },
    { path: leftoverName(), age: '-1h' },
    { path: leftoverName(), age: '2h' },
  ]);
  const { report } = await sweep([dir]);
  expect(report.summary).toEqual({
    ...{ matched: 4, removed: 1, wouldRemove: 0, kept: 3, vanished: 0, failed: 0 },
    keptBy: { mode: 2, owner: 1, 'too-young': 1, future: 1 },
  });
});

test('the document is one JSON value and ends with a newline; stderr is empty', async () => {
  const dir = scratch();
  for (const path of ['', 'a', 'b']) {
    plant(dir, [{ path: `x${path}/${leftoverName()}`, age: '2h' }]);
    const { out, err, code } = await run(['--json', dir]);
    expect(out.endsWith('}\n')).toBe(true);
    expect({ err, code, removed: reportOf(out).summary.removed }).toEqual({ err: '', code: 0, removed: 1 });
  }
  expect((await run(['--json', dir])).out).toContain('"items"');
});

test('-q and -v change nothing in a JSON report', async () => {
  const dir = scratch();
  plant(dir, [{ path: leftoverName(), age: '2h' }, { path: leftoverName() }]);
  for (const flag of ['-q', '-v']) {
    expect((await sweep(['-n', flag, dir])).report.summary).toMatchObject({
      matched: 2,
      wouldRemove: 1,
      kept: 1,
    });
  }
});

test('--json is --format json, and the last format counts', async () => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const [a, b] = [await run(['-n', '--json', dir]), await run(['-n', '--format', 'json', dir])];
  const items = (text: string) => reportOf(text).items.map(({ ageMs: _, ...item }) => item);
  expect(items(a.out)).toEqual(items(b.out));
  expect((await run(['-n', '--json', '--format', 'text', dir])).out).toBe(`would remove ${path}\n`);
});

test('ndjson says the same, a line each, the start first and the summary last', async () => {
  const dir = scratch();
  plant(dir, [
    { path: leftoverName(), age: '2h' },
    { path: leftoverName() },
    { path: `\xff/${leftoverName()}`, age: '2h' },
  ]);
  const args = ['-n', dir, `${dir}/missing`];
  const { out, code } = await run(['--format', 'ndjson', ...args]);
  const json = await sweep(args);
  const folded = foldNdjson(out);
  expect(outcomes(folded, dir)).toEqual(outcomes(json.report, dir));
  expect(code).toBe(json.code);
  const { startedAt: _a, finishedAt: _b, durationMs: _c, items: _d, ...same } = json.report;
  expect(folded).toMatchObject(same);
  const types = linesOf(out).map((line) => line.type);
  expect(types.toSorted()).toEqual(['error', 'item', 'item', 'item', 'start', 'summary', 'target', 'target']);
  expect([types[0], types.at(-1)]).toEqual(['start', 'summary']);
});

test('a report of nothing at all is a report', async () => {
  const dir = scratch();
  const { out } = await run(['--format', 'ndjson', dir]);
  expect(foldNdjson(out)).toMatchObject({ items: [], errors: [], summary: { matched: 0, keptBy: {} } });
  expect((await sweep([dir])).report).toMatchObject({
    items: [],
    errors: [],
    summary: { matched: 0, keptBy: {} },
  });
  expect(list(dir)).toEqual([]);
});
