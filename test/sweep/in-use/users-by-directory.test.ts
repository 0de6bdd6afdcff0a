import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import type { Identity } from '../../../src/model/model.ts';
import { UsersByDirectory } from '../../../src/sweep/in-use/users-by-directory.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';

const NAME = bytes`x.000000`;
const FILE: Identity = { dev: 1, ino: 7 };
const OTHER: Identity = { dev: 2, ino: 8 };
const user = (pid: number) => ({ pid, command: bytes`hold` });

let users = new UsersByDirectory(nameMatcher([]));
beforeEach(() => {
  users = new UsersByDirectory(nameMatcher([{ prefix: bytes`x.`, modes: null, mountable: false }]));
});

const pidsOf = (name = NAME, file = FILE, mounted = false) =>
  users.of({ name }, file, mounted).map(({ pid }) => pid);

test('nobody uses anything at first', () => {
  expect([pidsOf(), users.overflowed]).toEqual([[], false]);
});

test('a use is known by the last name of its path, in whatever directory', () => {
  users.addPath(bytes`/w/x.000000`, user(1), () => FILE);
  users.addPath(bytes`/elsewhere/x.000000`, user(2), () => OTHER);
  users.addPath(bytes`/w/x.000001`, user(3), () => OTHER);
  users.addPath(bytes`/w/x.000000/below`, user(4), () => FILE);
  users.addPath(bytes`/w/x.000000 (deleted)`, user(5), () => FILE);
  expect(pidsOf()).toEqual([1, 2]);
  expect(pidsOf(bytes`x.000002`)).toEqual([]);
});

test('which file it is, is asked of the names that are looked for, and of no other', () => {
  const asked: string[] = [];
  for (const path of ['/w/x.000000', '/w/other', '/w/x.000000/below'])
    users.addPath(asBytes(path), user(1), () => {
      asked.push(path);
      return null;
    });
  expect(asked).toEqual(['/w/x.000000']);
});

test('where something is mounted on it, the root of that mount is another directory', () => {
  users.addPath(bytes`/w/x.000000`, user(1), () => FILE);
  users.addPath(bytes`/w/x.000000`, user(2), () => OTHER);
  users.addPath(bytes`/w/x.000000`, user(3), () => null);
  expect(pidsOf(NAME, FILE, false)).toEqual([1, 2, 3]);
  expect(pidsOf(NAME, FILE, true)).toEqual([1, 3]);
});

test('a use is known by device and inode where there is no path, once for each process in a row', () => {
  users.addFile(FILE, user(1));
  users.addFile(FILE, user(1));
  users.addFile(FILE, user(2));
  users.addFile({ ...FILE, dev: 2 }, user(3));
  users.addFile({ dev: 1, ino: 2n ** 63n }, user(4));
  expect(pidsOf(bytes`any`)).toEqual([1, 2]);
  expect(pidsOf(bytes`any`, { dev: 1, ino: 2n ** 63n })).toEqual([4]);
});

test('a use is known by the inode alone where the device cannot be asked', () => {
  users.addInode('7', user(1));
  users.addInode('9223372036854775808', user(2));
  expect(pidsOf(bytes`any`, { dev: 3, ino: 7 })).toEqual([1]);
  expect(pidsOf(bytes`any`, { dev: 3, ino: 2n ** 63n })).toEqual([2]);
  expect(pidsOf(bytes`any`, { dev: 3, ino: 8 })).toEqual([]);
});

test('64 users of one directory are remembered', () => {
  for (let pid = 1; pid <= 70; pid += 1) {
    users.addPath(bytes`/w/x.000000`, user(pid), () => FILE);
    users.addFile(OTHER, user(pid));
  }
  expect(pidsOf()).toHaveLength(64);
  expect(pidsOf(bytes`any`, OTHER)).toHaveLength(64);
  expect(users.overflowed).toBe(false);
});

test('200,000 uses are remembered, and more are said to be too many', () => {
  for (let ino = 1; ino <= 199_999; ino += 1) users.addInode(String(ino), user(1));
  expect(users.overflowed).toBe(false);
  users.addPath(bytes`/w/x.000000`, user(1), () => null);
  expect([users.overflowed, pidsOf()]).toEqual([true, [1, 1]]);
  users.addPath(bytes`/w/x.000001`, user(2), () => null);
  users.addInode('200001', user(2));
  expect(pidsOf(bytes`x.000001`, { dev: 1, ino: 200_001 })).toEqual([]);
});
