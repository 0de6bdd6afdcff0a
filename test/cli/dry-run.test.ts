import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { readTree } from '../support/fixture.ts';
import { plantLeftover, plantMany } from '../support/leftovers.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { changes, OPENING, traced } from '../support/trace.ts';
import { plant, snapshot } from '../support/tree.ts';
import { asUser, straced } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'strace'));

test.each([
  [['-n']],
  [['--dry-run', '-v']],
  [['--check', '--json']],
])('strace of a dry run (%j) shows no call that changes a file system', async (flags) => {
  const dir = scratch();
  const log = `${scratch()}/strace`;
  plant(dir, readTree('contract').entries);
  const before = snapshot(dir);
  const { out } = await run([...flags, dir, `${dir}/*/`], { wrap: traced(log) });
  expect(out).toMatch(/would.remove/);
  expect(changes(log)).toEqual([]);
  expect(snapshot(dir)).toEqual(before);
});

test('strace of a real run shows rmdir of what it removes, and nothing else', async () => {
  const dir = scratch();
  const log = `${scratch()}/strace`;
  const path = plantLeftover(dir);
  const { out } = await run([dir], { wrap: traced(log) });
  expect(out).toBe(`removed ${path}\n`);
  expect(changes(log)).toEqual([
    expect.stringMatching(/^(rmdir|unlinkat)\(.*\.criu\.temp-aa-policy\..* = 0$/),
  ]);
});

test('strace of a dry run with --report shows that file alone', async () => {
  const dir = scratch();
  const [log, report] = [`${scratch()}/strace`, `${scratch()}/r`];
  plantLeftover(dir);
  const before = snapshot(dir);
  await run(['-n', '--report', report, dir], { wrap: traced(log) });
  const calls = changes(log);
  expect(calls.length).toBeGreaterThan(0);
  const inDirectory = '"/proc/self/fd/\\d+/(r|\\.r\\.\\d+\\.\\w+)"';
  expect(calls.filter((line) => !new RegExp(inDirectory).test(line))).toEqual([]);
  expect(readFileSync(report, 'utf8')).toContain('"wouldRemove":1');
  expect(snapshot(dir)).toEqual(before);
});

test('a dry run does not read a full directory to its end to know that it is not empty', async () => {
  const dir = scratch(MEMORY);
  const log = `${scratch()}/strace`;
  const full = plantLeftover(dir);
  plantMany(full, 20_000, 'f');
  const { out } = await run(['-n', '-v', '--older-than', '0s', dir], { wrap: straced(log, 'getdents64') });
  expect(out).toBe(`kept ${full}: not-empty\n`);
  const entries = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('getdents64'));
  expect(entries.length).toBeLessThan(20);
});

test('a candidate that may not be read is kept as unknown by a dry run', async (context) => {
  need(context, 'setpriv');
  const dir = scratch();
  plant(dir, [{ path: '.criu.temp-aa-policy.aBc123', mode: '0300', uid: 65534, age: '2h' }]);
  const { code, out } = await run(['-n', '-v', '--mode', '0300', dir], { wrap: asUser(65534) });
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/^kept .*: unknown \(EACCES [a-z]+\)\n$/),
  });
});

const CONTENTS: readonly (readonly [string, (dir: string, beside: string) => void])[] = [
  ['empty', () => {}],
  ['empty', (dir) => [writeFileSync(`${dir}/f`, ''), rmSync(`${dir}/f`)]],
  ['empty', (dir) => [mkdirSync(`${dir}/d`), rmdirSync(`${dir}/d`)]],
  ['empty', (dir, beside) => [writeFileSync(`${dir}/f`, ''), renameSync(`${dir}/f`, `${beside}/f`)]],
  ['filled', (dir) => writeFileSync(`${dir}/f`, '')],
  ['filled', (dir) => mkdirSync(`${dir}/d`)],
  ['filled', (dir) => symlinkSync('nowhere', `${dir}/l`)],
  ['filled', (dir, beside) => [writeFileSync(`${beside}/g`, ''), linkSync(`${beside}/g`, `${dir}/g`)]],
  ['filled', (dir, beside) => [writeFileSync(`${beside}/h`, ''), renameSync(`${beside}/h`, `${dir}/h`)]],
];

test('on tmpfs a dry run opens no candidate, and says what the real run does', async () => {
  const dir = scratch(MEMORY);
  const beside = scratch(MEMORY);
  const log = `${scratch()}/strace`;
  const [empty, filled] = ['empty', 'filled'].map((wanted) =>
    CONTENTS.filter(([what]) => what === wanted)
      .map(([, fill]) => {
        const path = plantLeftover(dir);
        fill(path, beside);
        return path;
      })
      .toSorted(),
  );
  const linesOf = ({ out }: { out: string }) => out.trimEnd().split('\n').toSorted();
  const sweep = ['-v', '--older-than', '0s', dir];
  const dry = linesOf(await run(['-n', ...sweep], { wrap: straced(log, OPENING.join(',')) }));
  const kept = filled?.map((path) => `kept ${path}: not-empty`) ?? [];
  expect(dry).toEqual([...kept, ...(empty?.map((path) => `would remove ${path}`) ?? [])]);
  const opened = (path: string) => readFileSync(log, 'latin1').includes(basename(path));
  expect(empty?.filter(opened)).toEqual([]);
  expect(filled?.filter(opened)).toEqual([]);
  expect(linesOf(await run(sweep))).toEqual([...kept, ...(empty?.map((path) => `removed ${path}`) ?? [])]);
});
