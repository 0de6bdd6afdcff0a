import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asBytes, joinPath } from '../../../src/linux/bytes.ts';
import { makeDevice } from '../../../src/linux/device.ts';
import { type Mount, parseMountinfo } from '../../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../../src/linux/own-mounts.ts';
import { bytesOf } from '../../support/arbitrary-bytes.ts';
import { holds } from '../../support/cases.ts';

/** A path as fs/proc_namespace.c writes it: space, tab, newline and backslash in octal. */
const mangled = (path: string): string =>
  path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

const path = bytesOf('/', ' ', '\t', '\n', '\\', '\\040', '-', '#', 'ü', '.criu.mntns.aaaaaa').map(
  (some) => `/${some.replaceAll('\0', '')}`,
);
const number = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const options = fc.array(fc.constantFrom('shared:1', 'master:2', 'propagate_from:3', 'unbindable'), {
  maxLength: 3,
});

/** A mount, and the line that the kernel writes of it. */
const written = fc
  .record({
    id: number,
    parent: number,
    major: fc.integer({ min: 0, max: 4095 }),
    minor: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
    root: path,
    mountPoint: path,
    optional: options,
    fsType: fc.constantFrom('ext4', 'fuse.sshfs', 'tmpfs'),
    source: fc.constantFrom('/dev/vda', 'none', '', '-', '#', 'a\\040-\\040b'),
    superOptions: fc.constantFrom('rw,size=1k', 'rw,lowerdir=/a b\\:c', '-'),
  })
  .map(({ major, minor, optional, source, ...mount }) => ({
    mount: { ...mount, device: makeDevice(major, minor) },
    line: [
      ...[mount.id, mount.parent, `${major}:${minor}`, mangled(mount.root), mangled(mount.mountPoint)],
      ...['rw,noatime', ...optional, '-', mount.fsType, source, mangled(mount.superOptions)],
    ].join(' '),
  }));

test('is read as the kernel wrote it, whatever bytes are in paths', () =>
  holds(
    fc.property(fc.array(written, { maxLength: 4 }), (all) => {
      const text = all.map(({ line }) => `${line}\n`).join('');
      expect(parseMountinfo(asBytes(text))).toEqual(all.map(({ mount }) => mount));
    }),
    500,
  ));

test('what is no line of it is passed over, and hides no mount', () => {
  const rubbish = bytesOf('1 ', '2 ', '0:1 ', '/ ', '\\040', ' ', 'ext4', 'rw ', '27 1 254:0 / / rw ').map(
    (some) => some.replace(/[-\n]/g, ''),
  );
  return holds(
    fc.property(fc.array(fc.oneof(written, rubbish), { maxLength: 6 }), (all) => {
      const lines = all.map((each) => (typeof each === 'string' ? each : each.line));
      const mounts = all.flatMap((each) => (typeof each === 'string' ? [] : [each.mount]));
      expect(parseMountinfo(asBytes(lines.join('\n')))).toEqual(mounts);
    }),
    500,
  );
});

test('never throws, whatever it says, and takes no line for two mounts', () => {
  const text = bytesOf('1 ', '2 ', '0:1 ', '/ ', '\\040', ' - ', 'ext4', '\n', 'rw ');
  return holds(
    fc.property(text, (some) => {
      expect(parseMountinfo(some).length).toBeLessThanOrEqual(some.split('\n').length);
    }),
    500,
  );
});

test('the mount of a path is the one that a walk comes to, whatever is mounted over it', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'ab', 'a b'), { maxLength: 3 });
  const paths = names.map((each) => asBytes(`/${each.join('/')}`));
  return holds(
    fc.property(
      fc.array(paths, { maxLength: 8 }),
      paths,
      fc.constantFrom('a', 'ab'),
      (points, path, name) => {
        const mounts: Mount[] = [];
        for (const mountPoint of points)
          mounts.push({
            ...MOUNT,
            id: mounts.length + 1,
            parent: walk(mounts, mountPoint)?.id ?? 0,
            mountPoint,
          });
        const own = new OwnMounts(mounts);
        expect(own.containing(path)).toBe(walk(mounts, path));
        const there = joinPath(path, asBytes(name));
        const reached = walk(mounts, there);
        expect(own.shownAt({ path }, asBytes(name))).toBe(
          reached?.mountPoint === there ? reached : undefined,
        );
        const last = mounts.findLast((mount) => mount.mountPoint === there);
        expect(own.at({ path }, asBytes(name))).toBe(last);
      },
    ),
    500,
  );
});

/** The mount that the kernel comes to: at each name it goes on in what is mounted there, as often as something is. */
function walk(mounts: readonly Mount[], path: string): Mount | undefined {
  const names = path.split('/').filter((name) => name !== '');
  let at: Mount | undefined;
  for (let depth = 0; depth <= names.length; depth += 1) {
    const here = `/${names.slice(0, depth).join('/')}`;
    const next = () => mounts.find((each) => each.parent === (at?.id ?? 0) && each.mountPoint === here);
    for (let mount = next(); mount !== undefined; mount = next()) at = mount;
  }
  return at;
}

const MOUNT = {
  device: 1,
  root: asBytes('/'),
  fsType: 'ext4',
  superOptions: asBytes('rw'),
} as const;
