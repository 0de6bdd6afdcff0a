import { expect, test } from 'vitest';
import { asBytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import type { Facts } from '../../src/model/model.ts';
import { hasNoSubdirectory } from '../../src/sweep/leaf.ts';

/** One file system of each type, its major number the place in this list. */
const TYPES = ['ext4', 'tmpfs', 'xfs', 'btrfs', 'overlay', 'fuse', 'nfs4', 'cifs', 'ext3', 'vfat'];
const MOUNTS = new OwnMounts(
  parseMountinfo(
    asBytes(TYPES.map((type, n) => `${n + 9} 0 ${n}:0 / /${type} rw - ${type} x rw`).join('\n')),
  ),
);

function facts(type: string, nlink: number, size = 4096): Facts {
  const dev = TYPES.indexOf(type) * 256;
  return { dev, ino: 2, mode: 0o40700, uid: 0, nlink, size, mtimeMs: 0, ctimeMs: 0, birthtimeMs: 0 };
}

test.each(['ext4', 'tmpfs', 'xfs'])('two links say on %s that there is no subdirectory', (type) => {
  expect(hasNoSubdirectory(facts(type, 2), MOUNTS)).toBe(true);
});

test.each(['ext4', 'tmpfs', 'xfs'])('any other number of links does not on %s', (type) => {
  expect([0, 1, 3, 65_000].filter((nlink) => hasNoSubdirectory(facts(type, nlink), MOUNTS))).toEqual([]);
});

test.each(TYPES.slice(3))('nothing says it on %s', (type) => {
  expect([0, 1, 2, 3].filter((nlink) => hasNoSubdirectory(facts(type, nlink), MOUNTS))).toEqual([]);
});

test('nothing says it where the file system is not known', () => {
  expect(hasNoSubdirectory({ ...facts('ext4', 2), dev: 0xfe00 }, MOUNTS)).toBe(false);
});

test('on ext4 the count may have come to two again in a directory that has room for 65,000 names', () => {
  expect(hasNoSubdirectory(facts('ext4', 2, 779_999), MOUNTS)).toBe(true);
  expect(hasNoSubdirectory(facts('ext4', 2, 780_000), MOUNTS)).toBe(false);
  expect(hasNoSubdirectory(facts('xfs', 2, 780_000), MOUNTS)).toBe(true);
});
