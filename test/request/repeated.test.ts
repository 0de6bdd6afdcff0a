import { expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { claims, markRepeated } from '../../src/request/repeated.ts';
import type { Target } from '../../src/sweep/targets.ts';

const KIND = { prefix: bytes`x.`, modes: null, mountable: false };
const BIG = 2n ** 63n;

const tree = (path: string, ino: number | bigint, dev = 1): Target => ({
  kind: 'tree',
  path: asBytes(path),
  resolved: asBytes(`/resolved${path}`),
  identity: { dev, ino },
});
const candidate = (parent: string, ino: number, name = 'x.000000', dev = 1): Target => ({
  kind: 'candidate',
  path: asBytes(`${parent}/${name}`),
  parent: asBytes(parent),
  parentIdentity: { dev, ino },
  name: asBytes(name),
  leftover: KIND,
});
const MISSING: Target = { kind: 'none', path: bytes`/m`, status: 'missing', error: null };

test('the same directory is swept once, by its device and inode', () => {
  const different = [tree('/a', 2), tree('/b', 3), tree('/c', 2, 2), tree('/d', BIG), MISSING, MISSING];
  expect(markRepeated(different)).toEqual(different);
  const again = markRepeated([tree('/a', 2), tree('/b', 2), tree('/d', BIG), tree('/e', BIG)]);
  expect(again.map(({ kind }) => kind)).toEqual(['tree', 'again', 'tree', 'again']);
  expect(again[1]).toEqual({ kind: 'again', path: '/b', resolved: '/resolved/b' });
});

test('the same candidate is judged once, by its parent and its name', () => {
  const different = [
    candidate('/a', 2),
    candidate('/a', 2, 'x.000001'),
    candidate('/b', 3),
    candidate('/c', 2, 'x.000000', 2),
    tree('/a', 2),
  ];
  expect(markRepeated(different)).toEqual(different);
  const again = markRepeated([
    candidate('/a', 2),
    candidate('/b', 3),
    candidate('/link', 2),
    candidate('/b', 3),
  ]);
  expect(again.map(({ kind }) => kind)).toEqual(['candidate', 'candidate', 'again', 'again']);
  expect(again[2]).toMatchObject({ path: '/link/x.000000', resolved: '/link/x.000000' });
});

test('a scan leaves other targets to their own', () => {
  const targets = [tree('/a', 2), tree('/b', BIG), candidate('/a', 2), candidate('/c', 7, 'x.000001')];
  const { isOtherTarget, passesOver } = claims(targets);
  expect(isOtherTarget({ dev: 1, ino: 2 })).toBe(true);
  expect(isOtherTarget({ dev: 1, ino: BIG })).toBe(true);
  expect(isOtherTarget({ dev: 2, ino: 2 })).toBe(false);
  expect(isOtherTarget({ dev: 1, ino: 3 })).toBe(false);
  expect(isOtherTarget({ dev: 1, ino: 7 })).toBe(false);
  expect(passesOver({ dev: 1, ino: 2 }, bytes`x.000000`)).toBe(true);
  expect(passesOver({ dev: 1, ino: 7 }, bytes`x.000001`)).toBe(true);
  expect(passesOver({ dev: 1, ino: 7 }, bytes`x.000000`)).toBe(false);
  expect(passesOver({ dev: 1, ino: 2 }, bytes`x.000001`)).toBe(false);
  expect(passesOver({ dev: 2, ino: 2 }, bytes`x.000000`)).toBe(false);
});

test('the only target leaves nothing to others', () => {
  for (const targets of [[], [tree('/a', 2)], [candidate('/a', 2)]]) {
    const { isOtherTarget, passesOver } = claims(targets);
    expect(isOtherTarget({ dev: 1, ino: 2 })).toBe(false);
    expect(passesOver({ dev: 1, ino: 2 }, bytes`x.000000`)).toBe(false);
  }
});

test('two targets are enough to leave one to the other', () => {
  expect(claims([tree('/a', 2), MISSING]).isOtherTarget({ dev: 1, ino: 2 })).toBe(true);
});
