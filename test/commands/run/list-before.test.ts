import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { listBefore } from '../../../src/commands/run/list-before.ts';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { asBytes, fsPath } from '../../../src/linux/bytes.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';
import { returnAfterwards, scratch } from '../../support/scratch.ts';

/** As many links the kernel follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

let dir = '';
beforeEach(() => {
  dir = scratch();
  mkdirSync(`${dir}/in/deep`, { recursive: true });
});

const link = (path: string, to: string): void =>
  symlinkSync(fsPath(asBytes(to)), fsPath(asBytes(`${dir}/${path}`)));

/** How a path was found, and where it is, below the test's directory. */
async function found(path: string): Promise<string> {
  const before = await listBefore(asBytes(path), {
    kinds: CATALOGUE,
    match: nameMatcher(CATALOGUE),
    stopped: () => false,
  });
  if (before.kind === 'failed') return `${before.code} ${before.syscall}`;
  if (before.kind === 'kernels') return before.kind;
  return `${before.kind} ${before.resolved === null ? '' : before.resolved.replace(`${dir}/`, '')}`;
}

test.each([
  ['in/none', 'missing in/none'],
  ['in/none/a/b', 'missing in/none/a/b'],
  ['in//none/./a', 'missing in/none/a'],
  ['in/deep', 'listed in/deep'],
])('what is missing of %s is taken as it is written: %s', async (path, is) => {
  expect(await found(`${dir}/${path}`)).toBe(is);
});

test('a path through what is missing is missing, wherever it leads once that is made', async () => {
  expect(await found(`${dir}/none/../in`)).toBe('missing in');
});

test.each([
  ['relative', 'none', 'missing in/none'],
  ['relative, several names', 'none/a/b', 'missing in/none/a/b'],
  ['relative, with a slash at its end', 'none/', 'missing in/none'],
  ['relative, upwards', '../none', 'missing none'],
  ['relative, through what is there', 'deep/none', 'missing in/deep/none'],
  ['bytes that are not UTF-8', 'n\xff', 'missing in/n\xff'],
])('a link that leads nowhere yet (%s)', async (_, to, is) => {
  link('in/link', to);
  expect(await found(`${dir}/in/link`)).toBe(is);
  expect(await found(`${dir}/in/link/x/y`)).toBe(`${is}/x/y`);
});

test('a link that leads nowhere yet (absolute)', async () => {
  link('in/link', `${dir}/none/a`);
  expect(await found(`${dir}/in/link`)).toBe('missing none/a');
  expect(await found(`${dir}/in/link/x`)).toBe('missing none/a/x');
});

test('a relative path to such a link, from the current directory', async () => {
  returnAfterwards();
  process.chdir(dir);
  link('in/link', 'none');
  expect(await found('in/link/x')).toBe('missing in/none/x');
  expect(await found('./in/link')).toBe('missing in/none');
});

test('such a link to a kernel file system', async () => {
  link('link', '/proc/none');
  expect(await found(`${dir}/link/x`)).toBe('kernels');
});

test('a link that leads to one that leads nowhere yet, in another directory', async () => {
  link('first', 'in/second/x');
  link('in/second', 'deep/none');
  expect(await found(`${dir}/first/y`)).toBe('missing in/deep/none/x/y');
});

test('a loop of links fails', async () => {
  link('first', 'second');
  link('second', 'first');
  expect(await found(`${dir}/first`)).toBe('ELOOP realpath');
  expect(await found(`${dir}/first/x`)).toBe('ELOOP realpath');
});

test('as many links in a row as the kernel follows, and one more', async () => {
  for (let number = 1; number <= MOST_LINKS + 1; number += 1)
    link(String(number), number === 1 ? 'none' : String(number - 1));
  expect(await found(`${dir}/${MOST_LINKS}`)).toBe('missing none');
  expect(await found(`${dir}/${MOST_LINKS + 1}`)).toBe('ELOOP realpath');
});

test('a path through a file fails', async () => {
  writeFileSync(`${dir}/file`, '');
  link('link', 'file/none');
  expect(await found(`${dir}/file/x`)).toBe('ENOTDIR realpath');
  expect(await found(`${dir}/link`)).toBe('ENOTDIR realpath');
  expect(await found(`${dir}/file`)).toBe('ENOTDIR open');
});
