import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { readTree } from '../support/fixture.ts';
import { leftoverName } from '../support/leftovers.ts';
import { linesOf } from '../support/ndjson.ts';
import { reportOf } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { bytesOf } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';
import { HARMFUL, unescapeName } from '../support/unescape.ts';

const { entries } = readTree('hostile');
const leftovers = (dir: string) => entries.map(({ path }) => `${dir}/${path}`).sort();
let dir = '';

beforeEach(() => {
  dir = scratch();
  plant(dir, entries);
});

/** The names in lines of text that begin with a word, exact; each line held to be harmless on the way. */
function namesIn(text: string, word: string, end = ''): string[] {
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.slice(0, -1).split('\n');
  for (const line of lines) expect(line).not.toMatch(HARMFUL);
  return lines.map((line) => {
    expect(line.slice(0, word.length + 2)).toBe(`${word} /`);
    expect(line.slice(line.length - end.length)).toBe(end);
    return unescapeName(line.slice(word.length + 1, line.length - end.length));
  });
}

test('text: every name is one harmless line that says exactly which bytes it has', async () => {
  const dry = await run(['-n', dir]);
  expect(namesIn(dry.out, 'would remove').sort()).toEqual(leftovers(dir));
  const { stdout, out } = await run([dir]);
  expect(Buffer.from(out).equals(stdout)).toBe(true);
  expect(namesIn(out, 'removed').sort()).toEqual(leftovers(dir));
  expect(list(dir).filter((path) => path.endsWith('8uhTbO'))).toEqual([]);
});

test('text: what can be shown is shown as it is', async () => {
  const { out } = await run(['-n', dir]);
  for (const name of [
    'ünïcødé 漢字 🙂',
    '::error::owned',
    '$(touch owned)',
    ' leading and trailing ',
    '-rf',
  ]) {
    expect(out).toContain(`would remove ${dir}/${name}/`);
  }
  for (const name of [
    'line\\x0aremoved ',
    '\\x1b[2K',
    'a\\x7f',
    'rtl\\u202egpj',
    'bytes\\xff\\xfe/',
    'back\\\\slash\\\\x1b',
  ]) {
    expect(out).toContain(name);
  }
});

test('text: the names of what is kept are escaped too', async () => {
  const { out } = await run(['-v', '--older-than', '1d', '--mode', '0700', dir]);
  const kept = out.replace(/: too-young \([^()\n]+\)$/gm, ':');
  expect(namesIn(kept, 'kept', ':').sort()).toEqual(leftovers(dir));
});

test('json: nothing harmful stands in the document, and every path is exact', async () => {
  const { stdout, out } = await run(['--json', dir]);
  expect(Buffer.from(out).equals(stdout)).toBe(true);
  for (const line of out.split('\n')) expect(line).not.toMatch(HARMFUL);
  const { items } = reportOf(stdout);
  expect(items.map(bytesOf).sort()).toEqual(leftovers(dir));
  for (const { path, pathBase64 } of items) {
    expect(pathBase64 !== undefined, path).toBe(/bytes|half|surrogate|overlong/.test(path));
    expect(path.includes('\ufffd'), path).toBe(/bytes|half|surrogate|overlong|replacement/.test(path));
  }
  expect(out).toContain('\\u001b]0;title\\u0007');
  expect(out).toContain('rtl\\u202egpj');
});

test('ndjson: a name does not make a line', async () => {
  const { out } = await run(['--format', 'ndjson', dir]);
  for (const line of out.split('\n')) expect(line).not.toMatch(HARMFUL);
  expect(linesOf(out).filter((line) => line.type === 'item')).toHaveLength(entries.length);
});

test('the targets of a command line are escaped where they are said', async () => {
  const name = 'x\x1b[31m\nkept \u202e';
  const missing = await run([`${dir}/${name}`]);
  expect(missing.code).toBe(3);
  for (const line of missing.err.split('\n')) expect(line).not.toMatch(HARMFUL);
  expect(missing.err).toContain(`${dir}/x\\x1b[31m\\x0akept \\u202e: ENOENT`);
  const refused = await run([`/proc/${name}`]);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toMatch(/^[^\n\x1b\u202e]+\n$/);
  const { out } = await run(['--json', `${dir}/${name}`]);
  for (const line of out.split('\n')) expect(line).not.toMatch(HARMFUL);
  expect(reportOf(out).targets[0]?.path).toBe(`${dir}/${name}`);
});

test('hostile prefixes and excludes are escaped in the report', async () => {
  const [prefix, exclude] = ['p\x1b\u2029', 'e\x07\n'];
  mkdirSync(`${dir}/${prefix}aBc123`, { mode: 0o700 });
  const { out } = await run(['--json', '--older-than', '0s', '--prefix', prefix, '--exclude', exclude, dir]);
  for (const line of out.split('\n')) expect(line).not.toMatch(HARMFUL);
  const { policy, items } = reportOf(out);
  expect({ prefixes: policy.prefixes, exclude: policy.exclude }).toEqual({
    prefixes: [prefix],
    exclude: [exclude],
  });
  expect(items).toMatchObject([{ prefix, outcome: 'removed' }]);
});

test('failures are escaped on stderr', async (context) => {
  need(context, 'root', 'chattr');
  const work = scratch();
  const parent = 'f\x1b[2K\nremoved \\';
  const name = leftoverName();
  plant(work, [{ path: `${parent}/${name}`, age: '2h' }]);
  execFileSync('chattr', ['+i', `${work}/${parent}/${name}`]);
  const { code, err } = await run(['-q', work]);
  expect(err).toBe(`failed ${work}/f\\x1b[2K\\x0aremoved \\\\/${name}: EPERM: operation not permitted\n`);
  expect(code).toBe(3);
});
