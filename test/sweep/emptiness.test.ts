import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import type { Facts } from '../../src/model/model.ts';
import { emptyBySize, isEmpty, seemsEmpty } from '../../src/sweep/emptiness.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

const TYPES = ['ext4', 'tmpfs', 'xfs', 'btrfs', 'overlay', 'fuse', 'nfs4'];
const MOUNTS = new OwnMounts(
  parseMountinfo(
    asBytes(TYPES.map((type, n) => `${n + 9} 0 ${n}:0 / /${type} rw - ${type} x rw`).join('\n')),
  ),
);
const UNKNOWN = new OwnMounts([]);

function facts(type: string, size: number): Facts {
  const dev = TYPES.indexOf(type) * 256;
  return { dev, ino: 2, mode: 0o40700, uid: 0, nlink: 2, size, mtimeMs: 0, ctimeMs: 0, birthtimeMs: 0 };
}

test.each([
  ['tmpfs', 40, true],
  ['tmpfs', 60, false],
  ['tmpfs', 41, false],
  // no size that tmpfs gives, so another kernel's
  ['tmpfs', 0, null],
  ['tmpfs', 39, null],
  ['xfs', 6, true],
  ['xfs', 10, true],
  ['xfs', 14, null],
  ['xfs', 0, null],
  ['xfs', 4096, null],
  ['btrfs', 0, true],
  ['btrfs', 2, null],
  ['ext4', 4096, null],
  ['ext4', 40, null],
  ['overlay', 40, null],
  ['overlay', 6, null],
  ['fuse', 0, null],
  ['nfs4', 6, null],
])('on %s a size of %d says of emptiness: %j', (type, size, empty) => {
  expect(emptyBySize(facts(type, size), MOUNTS)).toBe(empty);
});

test('no size says anything where the file system is not known', () => {
  expect([0, 6, 10, 40].map((size) => emptyBySize(facts('tmpfs', size), UNKNOWN))).toEqual(
    Array(4).fill(null),
  );
});

let dir = '';
beforeEach(() => {
  dir = scratch();
  returnAfterwards();
  process.chdir(dir);
  mkdirSync('empty');
  mkdirSync('full/sub', { recursive: true });
});

test.each([
  [0, 'whole'],
  [4096, 'whole'],
  [4097, 'up to its first entry'],
])('a directory of %d bytes is read, %s', (size) => {
  const some = { ...statSync(dir), size };
  expect(isEmpty(bytes`empty`, some, UNKNOWN)).toBe(true);
  expect(isEmpty(bytes`full`, some, UNKNOWN)).toBe(false);
});

test('nothing is left open', () => {
  const open = readdirSync('/proc/self/fd').length;
  for (const name of [bytes`empty`, bytes`full`]) isEmpty(name, { ...statSync(dir), size: 4097 }, UNKNOWN);
  expect(readdirSync('/proc/self/fd').length).toBe(open);
});

test('what the size says is not read again', () => {
  expect(isEmpty(bytes`full`, facts('tmpfs', 40), MOUNTS)).toBe(true);
  expect(isEmpty(bytes`missing`, facts('tmpfs', 60), MOUNTS)).toBe(false);
});

test('what cannot be read is no answer, and worth asking who uses it', () => {
  symlinkSync('empty', 'link');
  writeFileSync('file', '');
  expect(() => isEmpty(bytes`missing`, statSync(dir), UNKNOWN)).toThrow('ENOENT');
  expect(() => isEmpty(bytes`file`, statSync(dir), UNKNOWN)).toThrow('ENOTDIR');
  expect(seemsEmpty(bytes`missing`, statSync(dir), UNKNOWN)).toBe(true);
  expect(seemsEmpty(bytes`empty`, statSync(dir), UNKNOWN)).toBe(true);
  expect(seemsEmpty(bytes`full`, statSync(dir), UNKNOWN)).toBe(false);
});

test('what is no errno is no answer', () => {
  expect(() => seemsEmpty(asBytes('a\0b'), statSync(dir), UNKNOWN)).toThrow(TypeError);
});
