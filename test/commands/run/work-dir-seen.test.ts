import { expect, test } from 'vitest';
import { isOnFuse } from '../../../src/commands/run/work-dir-seen.ts';
import { asBytes } from '../../../src/linux/bytes.ts';
import { parseMountinfo } from '../../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../../src/linux/own-mounts.ts';

const line = (mountPoint: string, type: string): string => `1 0 0:1 / ${mountPoint} rw - ${type} x rw\n`;
const mounts = new OwnMounts(
  parseMountinfo(
    asBytes(
      line('/', 'ext4') +
        line('/home/me/mnt', 'fuse.sshfs') +
        line('/home/me/mnt/in', 'tmpfs') +
        line('/disk', 'fuseblk') +
        line('/sys/fs/fuse/connections', 'fusectl'),
    ),
  ),
);

test.each([
  ['/home/me/mnt', true],
  ['/home/me/mnt/a/b', true],
  ['/home/me/mnt/in', true],
  ['/home/me/mnt/in/a', true],
  ['/home/me/mnt2', false],
  ['/home/me', false],
  ['/', false],
  ['/disk/a', false],
  ['/sys/fs/fuse/connections', false],
])('%s is reached through a FUSE of a user: %s', (path, is) => {
  expect(isOnFuse(mounts, asBytes(path))).toBe(is);
});

test('all is, where / is one', () => {
  const all = new OwnMounts(parseMountinfo(asBytes(line('/', 'fuse'))));
  expect(isOnFuse(all, asBytes('/'))).toBe(true);
  expect(isOnFuse(all, asBytes('/a'))).toBe(true);
});
