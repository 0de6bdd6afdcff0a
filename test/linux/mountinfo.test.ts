import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asBytes } from '../../src/linux/bytes.ts';
import { isPseudoFileSystem, parseMountinfo } from '../../src/linux/mountinfo.ts';

const HOST = readFileSync(new URL('../../fixtures/mountinfo/host.txt', import.meta.url), 'latin1');

describe('mountinfo', () => {
  it('is read line by line, its octal escapes decoded, with and without optional fields', () => {
    const parsed = parseMountinfo(asBytes(HOST));
    expect(parsed).toHaveLength(10);
    expect(parsed[2]).toEqual({
      id: 30,
      parent: 27,
      device: 27,
      root: '/',
      mountPoint: '/dev/shm',
      fsType: 'tmpfs',
      superOptions: 'rw,size=24684092k',
    });
    expect(parsed[3]?.mountPoint).toBe('/srv/with space');
    expect(parsed[7]).toMatchObject({
      root: '/work/a\\b/.criu.mntns.g0nE00//deleted',
      mountPoint: '/mnt/tab\there',
    });
  });

  it.each(['', '\n', 'rubbish', '1 2 3', '1 2 0:1 / /x rw'])('passes over %j', (text) => {
    expect(parseMountinfo(asBytes(text))).toEqual([]);
  });

  it('tells file systems of files from those of kernel objects', () => {
    expect(['proc', 'sysfs', 'cgroup', 'cgroup2', 'autofs', 'devpts'].every(isPseudoFileSystem)).toBe(true);
    expect(
      ['ext4', 'xfs', 'btrfs', 'tmpfs', 'overlay', 'nfs4', 'zfs', 'fuse.sshfs'].some(isPseudoFileSystem),
    ).toBe(false);
  });
});
