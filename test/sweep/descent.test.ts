import { mkdirSync, renameSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import type { SweepError } from '../../src/model/events.ts';
import { Descent } from '../../src/sweep/descent.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

const [A, B, C] = [bytes`a`, bytes`b`, bytes`c`];

let dir = '';
let descent = new Descent(bytes`/`, false);
beforeEach(() => {
  dir = scratch();
  mkdirSync(`${dir}/t/a/b/c`, { recursive: true });
  mkdirSync(`${dir}/t/next`);
  mkdirSync(`${dir}/outside/b`, { recursive: true });
  returnAfterwards();
  descent = new Descent(asBytes(`${dir}/t`), false);
  expect(descent.enterRoot(statSync(`${dir}/t`))).toEqual([]);
});

const enter = (...names: (typeof A)[]): void => {
  for (const name of names) expect(descent.enter(name, statSync(name))).toEqual([]);
};

/** What went wrong, and where we stand: the directory's path now, or `null` where there are no levels. */
function told(errors: readonly SweepError[]) {
  const { deepest } = descent;
  if (deepest !== undefined) expect(statSync('.').ino).toBe(Number(deepest.ino));
  return {
    errors: errors.map(({ path, code }) => `${path.slice(dir.length)} ${code}`),
    at: deepest === undefined ? null : deepest.path.slice(dir.length),
    cwd: process.cwd().slice(dir.length),
  };
}

const inPlace = (place: string) => ({ at: place, cwd: place });

test('a directory that has gone is passed over', () => {
  const before = statSync('a');
  renameSync(`${dir}/t/a`, `${dir}/moved`);
  expect(told(descent.enter(A, before))).toEqual({ errors: [], ...inPlace('/t') });
});

test.each([
  ['a link to another place', () => symlinkSync(`${dir}/outside`, `${dir}/t/a`)],
  ['another directory', () => mkdirSync(`${dir}/t/a`)],
  ['a file', () => writeFileSync(`${dir}/t/a`, '')],
])('%s in the place of a directory is said, and we stand where we stood', (_, replace) => {
  const before = statSync('a');
  renameSync(`${dir}/t/a`, `${dir}/moved`);
  replace();
  expect(told(descent.enter(A, before))).toEqual({ errors: ['/t/a changed'], ...inPlace('/t') });
});

test('where the directory above was moved away as well, the one above that is come back to', () => {
  enter(A);
  const before = statSync('b');
  rmSync(`${dir}/t/a/b`, { recursive: true });
  symlinkSync(`${dir}/outside`, `${dir}/t/a/b`);
  renameSync(`${dir}/t/a`, `${dir}/moved`);
  expect(told(descent.enter(B, before))).toEqual({
    errors: ['/t/a/b changed', '/t/a changed'],
    ...inPlace('/t'),
  });
});

test('out of a directory that was moved away we come to the one above, not to where it lies now', () => {
  enter(A, B);
  renameSync(`${dir}/t/a/b`, `${dir}/outside/moved`);
  expect(told(descent.leave())).toEqual({ errors: [], ...inPlace('/t/a') });
});

test.each([
  ['has gone', () => {}],
  ['is another', () => mkdirSync(`${dir}/t/a`)],
  ['is a link to another', () => symlinkSync(`${dir}/outside`, `${dir}/t/a`)],
])('a directory above that %s is given up, with what is below', (_, replace) => {
  enter(A, B, C);
  renameSync(`${dir}/t/a/b/c`, `${dir}/outside/c`);
  renameSync(`${dir}/t/a`, `${dir}/moved`);
  replace();
  expect(told(descent.leave())).toEqual({ errors: ['/t/a changed'], ...inPlace('/t') });
});

test('a target that was moved away is given up whole', () => {
  enter(A);
  renameSync(`${dir}/t/a`, `${dir}/outside/a`);
  renameSync(`${dir}/t`, `${dir}/moved`);
  expect(told(descent.leave())).toMatchObject({ errors: ['/t changed'], at: null });
  expect(descent.depth).toBe(0);
});

test('out of a target there is nowhere to go', () => {
  expect(told(descent.leave())).toMatchObject({ errors: [], at: null });
});

/** Stands in `a` with `next` chosen as the next one. */
function beforeNext(): void {
  const level = descent.deepest;
  level?.children.push({ name: bytes`next`, ...identityOf('next') });
  enter(A);
}

function identityOf(path: string) {
  const { dev, ino } = statSync(path);
  return { dev, ino };
}

test('from one directory to the next without the one above', () => {
  beforeNext();
  expect(told(descent.leaveForNext())).toEqual({ errors: [], ...inPlace('/t/next') });
  expect([descent.depth, descent.leave(), descent.deepest?.children]).toEqual([2, [], []]);
});

test.each([
  ['has gone', () => rmdirSync(`${dir}/t/next`)],
  ['cannot be reached from where this one lies now', () => renameSync(`${dir}/t/a`, `${dir}/outside/a`)],
  [
    'is another',
    () => {
      renameSync(`${dir}/t/next`, `${dir}/moved`);
      symlinkSync(`${dir}/outside`, `${dir}/t/next`);
    },
  ],
])('a next one that %s is looked at again from above', (_, change) => {
  beforeNext();
  change();
  expect(told(descent.leaveForNext())).toEqual({ errors: [], ...inPlace('/t') });
  expect([descent.deepest?.children, descent.deepest?.pending]).toEqual([[], ['next']]);
});
