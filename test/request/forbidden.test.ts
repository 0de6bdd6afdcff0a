import { describe, expect, it } from 'vitest';
import { asBytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import {
  isClosedToWalks,
  isForbidden,
  isKernelFileSystem,
  isKernelPath,
  normalPath,
} from '../../src/request/forbidden.ts';

const KERNELS = [
  ...['/proc', '/proc/', '/proc/1/cwd', '//proc', '/./proc', '/tmp/../proc/self', '/sys', '/sys/fs/cgroup'],
  ...['/dev', '/dev/', '/dev/pts', '/dev/mqueue', '/dev/shm/../pts', '/dev/shmx', '/dev/sh'],
];
const OTHERS = [
  ...['/tmp', '/process', '/proc2', '/sys2/x', '/devices', '/var/proc', '/var/dev/pts', '/procx/1'],
  ...['/dev/shm', '/dev/shm/', '/dev/shm/x', '/dev//shm/x', '/dev/pts/../shm', 'proc', 'dev/pts'],
];

describe('a target', () => {
  it.each([...KERNELS, '/', '//', '/.', '/tmp/..', '/../..'])('%s is refused', (path) => {
    expect(isForbidden(asBytes(path))).toBe(true);
  });

  it.each([...OTHERS, '/a', '.', '..'])('%s is not', (path) => {
    expect(isForbidden(asBytes(path))).toBe(false);
  });
});

describe('from', () => {
  it.each(KERNELS)('%s nothing may be removed', (path) => {
    expect(isKernelPath(asBytes(path))).toBe(true);
  });

  it.each([...OTHERS, '/'])('%s it may', (path) => {
    expect(isKernelPath(asBytes(path))).toBe(false);
  });
});

describe('a walk', () => {
  it.each([...KERNELS.filter((path) => path !== '/dev')])('does not pass through %s', (path) => {
    expect(isClosedToWalks(asBytes(path))).toBe(true);
  });

  it.each([...OTHERS, '/', '/dev'])('may pass through %s', (path) => {
    expect(isClosedToWalks(asBytes(path))).toBe(false);
  });
});

describe('by its st_dev', () => {
  const mounts = new OwnMounts(
    parseMountinfo(
      asBytes(
        '1 0 0:1 / / rw - ext4 x rw\n2 1 0:2 / /jail/proc rw - proc x rw\n3 1 0:3 / /mnt rw - tmpfs x rw',
      ),
    ),
  );

  it.each([
    ['/jail/proc/1', 2, true],
    ['/elsewhere', 2, true],
    ['/mnt', 3, false],
    ['/a', 1, false],
    ['/proc', 4, false],
    // whatever lies on it, it is for everybody's files
    ['/dev/shm', 2, false],
    ['/dev/shm/a', 2, false],
    ['/dev/shm2', 2, true],
  ])('%s on 0:%d lies in a kernel file system: %s', (path, dev, is) => {
    expect(isKernelFileSystem(asBytes(path), { dev, ino: 1 }, mounts)).toBe(is);
  });
});

it.each([
  ['/a/b', '/a/b'],
  ['/a/', '/a'],
  ['//a//b//', '/a/b'],
  ['/a/./b/../c', '/a/c'],
  ['//', '/'],
  ['/', '/'],
  ['a/', 'a'],
  ['./a', 'a'],
  ['.', '.'],
  ['/a//', '/a'],
])('%s is normally %s', (path, normal) => {
  expect(normalPath(path)).toBe(normal);
});
