import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asBytes } from '../../../src/linux/bytes.ts';
import { parseMountinfo } from '../../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../../src/linux/own-mounts.ts';
import { Locks } from '../../../src/sweep/in-use/locks.ts';

const mounts = new OwnMounts(
  parseMountinfo(asBytes('27 1 254:0 / / rw - ext4 /dev/vda rw\n28 27 0:45 / /btrfs rw - btrfs /dev/vdb rw')),
);
const TEXT = `1: FLOCK  ADVISORY  WRITE 4242 fe:00:131090 0 EOF
1: -> FLOCK  ADVISORY  WRITE 4343 fe:00:131090 0 EOF
2: POSIX  ADVISORY  READ 99 fe:00:7 128 128
3: OFDLCK ADVISORY  READ -1 fe:00:8 0 EOF
4: FLOCK  ADVISORY  READ ${process.pid} fe:00:9 0 EOF
5: FLOCK  ADVISORY  READ 77 00:2d:18446744073709551615 0 EOF
rubbish
`;
const VDA = 0xfe00;

describe('/proc/locks', () => {
  const locks = new Locks(mounts);
  locks.add(TEXT);

  it('locks five files', () => expect([locks.size, new Locks(mounts).size]).toEqual([5, 0]));

  it.each([
    'x 1: FLOCK  ADVISORY  WRITE 1 fe:00:1 0 EOF',
    'x: FLOCK  ADVISORY  WRITE 1 fe:00:1 0 EOF',
    '1: FLOCK  ADVISORY  WRITE x fe:00:1 0 EOF',
    '1: FLOCK  ADVISORY  WRITE 1 fe:00:1',
    '1: FLOCK  ADVISORY  1 fe:00:1 0 EOF',
    '1: FLOCK  ADVISORY  WRITE 1 fg:00:1 0 EOF',
  ])('%s is no lock', (line) => {
    const none = new Locks(mounts);
    none.add(line);
    expect(none.size).toBe(0);
  });

  it.each([
    '123: FLOCK  ADVISORY  WRITE 1 fe:00:131090 0 EOF',
    '1:  ->  FLOCK ADVISORY WRITE 12 103:1f:131090 0 EOF',
    '1: LEASE  ACTIVE    READ  1 00:2d:1 0 EOF',
  ])('%s is one', (line) => {
    const one = new Locks(mounts);
    one.add(line);
    expect(one.size).toBe(1);
  });

  it('tells each process once, by either device', () => {
    const both = new Locks(mounts);
    both.add('1: FLOCK  ADVISORY  WRITE 5 00:2d:9 0 EOF\n1: FLOCK  ADVISORY  WRITE 5 00:2f:9 0 EOF\n');
    const place = { parent: { path: asBytes('/btrfs'), dev: 1, ino: 1 }, name: asBytes('x') };
    expect(both.of({ dev: 0x2f, ino: 9 }, place)).toEqual([5]);
    expect(both.of({ dev: 0x2e, ino: 9 }, place)).toEqual([5]);
    expect(both.of({ dev: 0x2f, ino: 9n }, place)).toEqual([]);
  });

  it.each([
    ['who holds a lock, and who waits for it', { dev: VDA, ino: 131_090 }, '/x', [4242, 4343]],
    ['a lock of another kind', { dev: VDA, ino: 7 }, '/x', [99]],
    ['a lock of an open file, which no process owns', { dev: VDA, ino: 8 }, '/x', [-1]],
    ['but not ourselves', { dev: VDA, ino: 9 }, '/x', []],
    ['nobody', { dev: VDA, ino: 10 }, '/x', []],
    ['nobody on another device', { dev: 1, ino: 131_090 }, '/btrfs/x', []],
    [
      "by the file system's own device, which stat does not say",
      { dev: 0x2f, ino: 18_446_744_073_709_551_615n },
      '/btrfs/x',
      [77],
    ],
  ])('tells %s', (_, file, path, expected) => {
    const parent = { path: asBytes(posix.dirname(path)), dev: 1, ino: 1 };
    expect(locks.of(file, { parent, name: asBytes(posix.basename(path)) })).toEqual(expected);
  });
});
