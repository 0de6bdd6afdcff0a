import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import type { Bytes, Candidate, Facts } from '../../src/model/model.ts';
import { NOT_EMPTY, remove, wouldRemove } from '../../src/sweep/reaper.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

const UNKNOWN = new OwnMounts([]);
const KIND = { prefix: bytes`x.`, modes: null, mountable: false };

let dir = '';
beforeEach(() => {
  dir = scratch();
  returnAfterwards();
  process.chdir(dir);
  mkdirSync('empty');
  mkdirSync('full/sub', { recursive: true });
  writeFileSync('file', '');
  symlinkSync('empty', 'link');
});

function candidate(name: Bytes): Candidate {
  const { dev, ino } = statSync('.');
  return { parent: { path: asBytes(dir), dev, ino }, name, kind: KIND, excluded: false, mountedAt: null };
}

const factsHere = (size = 4096): Facts => ({ ...statSync('.'), size });
const removed = (name: Bytes) => remove(candidate(name), factsHere(), UNKNOWN);
const foreseen = (name: Bytes) => wouldRemove(candidate(name), factsHere(), UNKNOWN);

test('an empty directory is removed, and nothing else', () => {
  expect(removed(bytes`empty`)).toEqual({ outcome: 'removed' });
  expect(readdirSync('.').sort()).toEqual(['file', 'full', 'link']);
});

test('a dry run says so, and removes nothing', () => {
  expect(foreseen(bytes`empty`)).toEqual({ outcome: 'would-remove' });
  expect(existsSync('empty')).toBe(true);
});

test.each([
  ['full', { outcome: 'kept', reasons: [{ why: 'not-empty' }] }],
  ['file', { outcome: 'kept', reasons: [{ why: 'not-a-directory' }] }],
  ['missing', { outcome: 'vanished' }],
])('both say of one that is %s by now: %j', (name, outcome) => {
  expect(removed(asBytes(name))).toEqual(outcome);
  expect(foreseen(asBytes(name))).toEqual(outcome);
});

test('a link is not followed', () => {
  expect(removed(bytes`link`)).toEqual({ outcome: 'kept', reasons: [{ why: 'not-a-directory' }] });
  expect(existsSync('empty')).toBe(true);
});

test('what is busy is kept as mounted', () => {
  // rmdir(2) says EBUSY of the root directory, whoever asks.
  const place = { ...candidate(bytes`/`), parent: { path: bytes`/a`, dev: 1, ino: 2 } };
  expect(remove(place, factsHere(), UNKNOWN)).toEqual({
    outcome: 'kept',
    reasons: [{ why: 'mounted', where: '/a//' }],
  });
});

test('another errno is a failure; for a dry run, which cannot look into it, it is unknown', () => {
  const name = asBytes('n'.repeat(256));
  expect(removed(name)).toEqual({ outcome: 'failed', code: 'ENAMETOOLONG', syscall: 'rmdir' });
  expect(foreseen(name)).toEqual({
    outcome: 'kept',
    reasons: [{ why: 'unknown', code: 'ENAMETOOLONG', syscall: 'scandir' }],
  });
});

test('a directory whose size says that it has entries is not tried', () => {
  const mounts = new OwnMounts(parseMountinfo(asBytes('9 0 0:1 / / rw - tmpfs x rw')));
  const facts = { ...factsHere(60), dev: 1 };
  expect(remove(candidate(bytes`empty`), facts, mounts)).toBe(NOT_EMPTY);
  expect(existsSync('empty')).toBe(true);
  expect(remove(candidate(bytes`empty`), { ...facts, size: 40 }, mounts)).toEqual({ outcome: 'removed' });
});
