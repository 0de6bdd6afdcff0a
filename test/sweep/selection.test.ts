import { statSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import { type ScanScope, scanTree } from '../../src/sweep/scanner.ts';
import { plantMany } from '../support/leftovers.ts';
import { scanScope } from '../support/scan-scope.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';
import { plant } from '../support/tree.ts';

const PREFIX = 'x.';
const SCOPE = scanScope(asBytes(PREFIX));

let dir = '';
beforeEach(() => {
  dir = scratch();
  returnAfterwards();
});

/** What a scan hands out, by paths below its root, and what it counts. */
function scan(scope: Partial<ScanScope> = {}) {
  const counts = { directories: 0, entries: 0 };
  const found: string[] = [];
  const errors: string[] = [];
  let pauses = 0;
  for (const event of scanTree(asBytes(dir), statSync(dir), { ...SCOPE, ...scope }, counts)) {
    if (event.type === 'pause') pauses += 1;
    if (event.type === 'error') errors.push(event.error.code);
    if (event.type !== 'candidate') continue;
    const { parent, name, excluded, mountedAt } = event.candidate;
    expect(process.cwd()).toBe(parent.path);
    const path = `${parent.path}/${name}`.slice(dir.length + 1);
    found.push(`${path}${excluded ? ' excluded' : ''}${mountedAt === null ? '' : ` at ${mountedAt}`}`);
  }
  return { found: found.sort(), errors, pauses, counts };
}

const directories = (...paths: readonly string[]) =>
  plant(
    dir,
    paths.map((path) => ({ path })),
  );

test('what has a leftover’s name is handed out whatever it is, and is not entered', () => {
  plant(dir, [
    { path: 'x.000000/x.inside' },
    { path: 'a/x.aaaaaa' },
    { path: 'a/b/c/x.cccccc' },
    { path: 'x.file00', kind: 'file' },
    { path: 'x.link00', kind: 'symlink', to: 'a' },
    { path: 'link', kind: 'symlink', to: 'a' },
    { path: 'x.short', kind: 'file' },
  ]);
  const { found, errors, counts } = scan();
  expect(found).toEqual(['a/b/c/x.cccccc', 'a/x.aaaaaa', 'x.000000', 'x.file00', 'x.link00']);
  expect(errors).toEqual([]);
  expect(counts).toEqual({ directories: 4, entries: 6 + 2 + 1 + 1 });
});

test.each([
  [1, ['x.000000']],
  [2, ['a/x.aaaaaa', 'x.000000']],
  [3, ['a/b/x.bbbbbb', 'a/x.aaaaaa', 'x.000000']],
  [4, ['a/b/c/x.cccccc', 'a/b/x.bbbbbb', 'a/x.aaaaaa', 'x.000000']],
  [9, ['a/b/c/x.cccccc', 'a/b/x.bbbbbb', 'a/x.aaaaaa', 'x.000000']],
])('%d deep', (maxDepth, expected) => {
  directories('x.000000', 'a/x.aaaaaa', 'a/b/x.bbbbbb', 'a/b/c/x.cccccc');
  expect(scan({ maxDepth }).found).toEqual(expected);
});

test('what is excluded is not entered, and a leftover itself is handed out as such', () => {
  directories('x.000000', 'a/x.aaaaaa', 'a/b/x.bbbbbb', 'b/x.000000', 'c/\u00c3\u00bc/x.000000');
  const asked: string[] = [];
  const { found } = scan({
    excludes: (path) => {
      asked.push(path);
      return ['x.000000', 'a/b', 'c/ü'].includes(path);
    },
  });
  expect(found).toEqual(['a/x.aaaaaa', 'b/x.000000', 'x.000000 excluded']);
  expect(asked.sort()).toEqual(['a', 'a/b', 'a/x.aaaaaa', 'b', 'b/x.000000', 'c', 'c/ü', 'x.000000']);
});

test('what is left to another target is neither handed out nor entered', () => {
  directories('x.000000', 'a/x.aaaaaa', 'b/x.000000');
  const { ino } = statSync(`${dir}/a`);
  const here = statSync(dir).ino;
  const { found } = scan({
    isOtherTarget: (directory) => directory.ino === ino,
    passesOver: (parent, name) => parent.ino === here && name === 'x.000000',
  });
  expect(found).toEqual(['b/x.000000']);
});

test('a match is entered only where that is asked for, and it is a directory', () => {
  plant(dir, [
    { path: 'x.000000/x.inside' },
    { path: 'x.000000/a/x.aaaaaa' },
    { path: 'x.111111/x.222222' },
    { path: 'x.222222', kind: 'symlink', to: 'x.111111' },
    { path: 'x.333333', kind: 'file' },
    { path: 'x.444444/x.555555' },
  ]);
  const scope = {
    enters: (name: string) => name !== 'x.111111',
    excludes: (path: string) => path === 'x.444444',
    readsLeaves: true,
  };
  const top = ['x.000000', 'x.111111', 'x.222222', 'x.333333', 'x.444444 excluded'];
  expect(scan(scope).found).toEqual([
    ...['x.000000', 'x.000000/a/x.aaaaaa', 'x.000000/x.inside'],
    ...top.slice(1),
  ]);
  expect(scan({ ...scope, maxDepth: 1 }).found).toEqual(top);
});

test('a directory without subdirectories is not read, and counted', () => {
  const tmpfs = SCOPE.mounts.containing(asBytes(dir))?.fsType ?? '';
  plant(dir, [{ path: 'a/x.file00', kind: 'file' }, { path: 'b/c' }]);
  const trusted = ['tmpfs', 'ext4', 'xfs'].includes(SCOPE.mounts.fsTypeOf(statSync(dir).dev) ?? tmpfs);
  const skipping = scan();
  expect(skipping.found).toEqual(trusted ? [] : ['a/x.file00']);
  expect(skipping.counts.directories).toBe(4);
  const reading = scan({ readsLeaves: true });
  expect(reading.found).toEqual(['a/x.file00']);
  expect(reading.counts).toEqual({ directories: 4, entries: 4 });
});

test('a mount point of ours is not entered, a leftover that is one is handed out with it', () => {
  directories('a/x.aaaaaa', 'b/x.bbbbbb', 'x.000000');
  const line = (at: string, type: string) => `9 8 0:99 / ${at} rw - ${type} x rw\n`;
  const mounted = [
    '8 1 0:99 / / rw - tmpfs x rw\n',
    line(`${dir}/a`, 'ext4'),
    line(`${dir}/x.000000`, 'tmpfs'),
  ].join('');
  const mounts = new OwnMounts(parseMountinfo(asBytes(mounted)));
  const at = `x.000000 at ${dir}/x.000000`;
  expect(scan({ mounts }).found).toEqual(['b/x.bbbbbb', at]);
  expect(scan({ mounts, crossDevice: true }).found).toEqual(['a/x.aaaaaa', 'b/x.bbbbbb', at]);
  const pseudo = new OwnMounts(parseMountinfo(asBytes(line(`${dir}/a`, 'autofs'))));
  expect(scan({ mounts: pseudo, crossDevice: true }).found).toEqual(['b/x.bbbbbb', 'x.000000']);
});

test('a large directory is read to its end, and counted once', () => {
  plantMany(dir, 4000, PREFIX);
  const { found, counts } = scan();
  expect(new Set(found).size).toBe(4000);
  expect(counts).toEqual({ directories: 1, entries: 4000 });
});

test('signals are heard about every hundred candidates', () => {
  plantMany(dir, 100, PREFIX);
  expect(scan().pauses).toBe(0);
  directories('b');
  plantMany(`${dir}/b`, 300, PREFIX);
  const { found, pauses, counts } = scan();
  expect([found.length, counts.entries]).toEqual([400, 401]);
  expect(pauses).toBe(3);
});

test('signals are heard about every sixty directories', () => {
  directories(...Array.from({ length: 200 }, (_, n) => `${n}/a`));
  const { found, pauses, counts } = scan({ readsLeaves: true });
  expect([found.length, counts.directories]).toEqual([0, 401]);
  expect(pauses).toBeGreaterThan(4);
  expect(pauses).toBeLessThan(16);
});

test('a target that is another directory by now is not entered', () => {
  directories('x.000000');
  const counts = { directories: 0, entries: 0 };
  const other = { ...statSync(dir), ino: 1 };
  expect([...scanTree(asBytes(dir), other, SCOPE, counts)]).toEqual([
    { type: 'error', error: { path: dir, code: 'changed', syscall: 'chdir' } },
  ]);
  const gone = bytes`/proc/self/fd/-1`;
  expect([...scanTree(gone, other, SCOPE, counts)].map((event) => event.type)).toEqual(['error']);
  expect(counts).toEqual({ directories: 0, entries: 0 });
});
