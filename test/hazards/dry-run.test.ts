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
import { type Fixture, readTree } from '../support/fixture.ts';
import { plantLeftover, plantMany } from '../support/leftovers.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { changes, OPENING, traced } from '../support/trace.ts';
import { plant, snapshot } from '../support/tree.ts';
import { asUser, straced } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'strace'));

const count = ({ entries }: Fixture): number => entries.filter((entry) => entry.expect === 'removed').length;

test.each([
  ['--dry-run'],
  ['-n', '-v'],
  ['--check'],
  ['--check', '--json'],
  ['--dry-run', '--json', '--no-in-use'],
  ['-n', '--cross-device', '--format=ndjson'],
])('a dry run that is dry: strace of %s %s %s shows no call that changes anything', async (...options) => {
  const dir = scratch();
  plant(dir, readTree('contract').entries);
  const before = snapshot(dir);
  const log = `${scratch()}/trace`;
  const { code, out } = await run([...options, dir, `${dir}/*/`], { wrap: traced(log) });
  expect(out).toMatch(/would.remove/);
  expect(code).toBe(options.includes('--check') ? 1 : 0);
  expect(changes(log)).toEqual([]);
  expect(snapshot(dir)).toEqual(before);
});

test('a real run of the same shows rmdir of what it removed, and nothing else', async () => {
  const dir = scratch();
  const tree = readTree('contract');
  plant(dir, tree.entries);
  const log = `${scratch()}/trace`;
  await run(['--no-in-use', dir], { wrap: traced(log) });
  const calls = changes(log);
  expect(calls.filter((call) => !call.startsWith('rmdir('))).toEqual([]);
  expect(calls.filter((call) => call.endsWith(' = 0'))).toHaveLength(count(tree));
  expect(calls.filter((call) => call.includes('/'))).toEqual([]);
});

test('lookups after a target was opened are of one name: no joined path below it reaches a call', async () => {
  const dir = scratch();
  plant(dir, readTree('contract').entries);
  const log = `${scratch()}/trace`;
  await run(['--no-in-use', dir], { wrap: straced(log, '?%file') });
  const paths = [...readFileSync(log, 'utf8').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(paths.filter((path) => path.startsWith(`${dir}/`))).toEqual([]);
  expect(paths.filter((path) => path.startsWith('.criu.')).length).toBeGreaterThan(10);
  expect(paths.filter((path) => path.includes('.criu.') && path.includes('/'))).toEqual([]);
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
