import { describe, expect, it } from 'vitest';
import { nameIn } from '../../../src/criu/log/naming-lines.ts';
import { asBytes } from '../../../src/linux/bytes.ts';

const named = (text: string) => nameIn(asBytes(text));

describe('a line in which CRIU names its own directory', () => {
  it.each([
    ['rmrf: removing .criu.temp-aa-policy.k2Vd0s', '.criu.temp-aa-policy.k2Vd0s'],
    [
      'rmrf: unable to remove .criu.temp-aa-policy.k2Vd0s/cache: Directory not empty',
      '.criu.temp-aa-policy.k2Vd0s',
    ],
    ['cg: Opening .criu.cgyard.Rf7Lq2 as cg yard', '.criu.cgyard.Rf7Lq2'],
    ['cg: \tMaking controller dir .criu.cgyard.Rf7Lq2/cpu (cpu)', '.criu.cgyard.Rf7Lq2'],
    ["cg: \tCan't mount controller dir .criu.cgyard.Rf7Lq2/cpu: No such device", '.criu.cgyard.Rf7Lq2'],
    ['cg: Unable to umount .criu.cgyard.Rf7Lq2: Device or resource busy', '.criu.cgyard.Rf7Lq2'],
    ['cg: Unable to remove .criu.cgyard.Rf7Lq2: Device or resource busy', '.criu.cgyard.Rf7Lq2'],
    ["Can't detach mount .criu.cgmounts.aB3dEf: Invalid argument", '.criu.cgmounts.aB3dEf'],
    ["Can't remove tmp dir crtools-sys.0aB9zZ: Device or resource busy", 'crtools-sys.0aB9zZ'],
    ["Can't detach mount /tmp/crtools-proc.t6YbN0: -22", 'crtools-proc.t6YbN0'],
    ["Can't remove tmp dir crtools-proc.t6YbN0: -16", 'crtools-proc.t6YbN0'],
    ["mnt: Can't open directory /tmp/cr-tmpfs.uWmVpe: Too many open files", 'cr-tmpfs.uWmVpe'],
    ['mnt: Unable to remove /tmp/cr-tmpfs.uWmVpe: Device or resource busy', 'cr-tmpfs.uWmVpe'],
    ['mnt: Unable to umount /tmp/cr-tmpfs.uWmVpe: Invalid argument', 'cr-tmpfs.uWmVpe'],
    ["mnt: Can't bind-mount 23:./a b to /cr-tmpfs.uWmVpe: Permission denied", 'cr-tmpfs.uWmVpe'],
    [
      "mnt: Can't remove the directory crtools-put-root.aB3dEf: Device or resource busy",
      'crtools-put-root.aB3dEf',
    ],
    ['mnt: pivot_root(., crtools-put-root.aB3dEf) failed: Invalid argument', 'crtools-put-root.aB3dEf'],
    ["mnt: Can't umount crtools-put-root.aB3dEf: Invalid argument", 'crtools-put-root.aB3dEf'],
    ["mnt: Can't unmount /tmp/.criu.mntns.Dxd7XG: Invalid argument", '.criu.mntns.Dxd7XG'],
    [
      "mnt: Can't remove the directory /tmp/.criu.mntns.Dxd7XG: Device or resource busy",
      '.criu.mntns.Dxd7XG',
    ],
    ["mnt: Can't mount at /tmp/.criu.mntns.Dxd7XG/12-0000000000/var: No such file", '.criu.mntns.Dxd7XG'],
    ['mnt: Unable to statfs /tmp/.criu.mntns.Dxd7XG/12-0000000000/var: x', '.criu.mntns.Dxd7XG'],
    ['mnt: Start with 0:/tmp/.criu.mntns.Dxd7XG', '.criu.mntns.Dxd7XG'],
    ['mnt: 228:/tmp/.criu.mntns.Dxd7XG/12-0000000000/ private 0 shared 0 slave 1', '.criu.mntns.Dxd7XG'],
    ['mnt: \tMounting unsupported @/tmp/.criu.mntns.Dxd7XG/12-0000000000/ (0)', '.criu.mntns.Dxd7XG'],
    ['mnt: \t\tWill mount 44 @ /tmp/.criu.mntns.Dxd7XG/mnt-0000000044 /', '.criu.mntns.Dxd7XG'],
    ['mnt:  [/tmp/.criu.mntns.Dxd7XG/12-0000000000/dev](394->392)', '.criu.mntns.Dxd7XG'],
    ['mnt-v2: Create plain mountpoint /tmp/.criu.mntns.Dxd7XG/mnt-0000000278 for 278', '.criu.mntns.Dxd7XG'],
    ['mnt: Move the root to /srv/root/.criu.mntns.Dxd7XG', '.criu.mntns.Dxd7XG'],
    ['Failed to umount /tmp/.criu.mnt.aB3dEf: Device or resource busy', '.criu.mnt.aB3dEf'],
    [
      'Fail to umount2 /tmp/.criu.move_mount_set_group.aB3dEf: Invalid argument',
      '.criu.move_mount_set_group.aB3dEf',
    ],
    ['Fail to rmdir /tmp/.criu.move_mount_set_group.aB3dEf: Busy', '.criu.move_mount_set_group.aB3dEf'],
    [
      'Fail to make bind-mount /tmp/.criu.move_mount_set_group.aB3dEf/subdir: x',
      '.criu.move_mount_set_group.aB3dEf',
    ],
  ])('%j', (text, name) => expect(named(text)).toBe(name));

  it('names the outermost of several: what lies below is the container’s', () => {
    expect(named("mnt: Can't mount at /tmp/.criu.mntns.MyOwn1/3/tmp/.criu.mntns.Other1/4: x")).toBe(
      '.criu.mntns.MyOwn1',
    );
    expect(named('mnt: \tBind /tmp/.criu.mntns.Other1/9 to /tmp/.criu.mntns.MyOwn1/12-0/x')).toBe(
      '.criu.mntns.MyOwn1',
    );
    expect(named("mnt: Can't bind-mount 9:./to /tmp/cr-tmpfs.Other1 to /tmp/cr-tmpfs.MyOwn1: x")).toBe(
      'cr-tmpfs.MyOwn1',
    );
  });
});

describe('a line about paths of the container', () => {
  it.each([
    'mnt: \tRead 45 mp @ /tmp/.criu.mntns.Other1/12-0000000000/x',
    'mnt: \t\tWill mount 392 from /tmp/.criu.mntns.Other1/12',
    'mnt: 228:./tmp/.criu.mntns.Other1/12 private 0',
    "mnt: Can't umount at ./tmp/.criu.mntns.Other1/12: Device or resource busy",
    'mnt: \tBind /tmp/.criu.mntns.Other1/9 to ./x',
    "mnt: Can't remove deleted directory tmp/cr-tmpfs.Other1: x",
    "unix: ghost: Can't remove directory /tmp/cr-tmpfs.Other1 on id 0x2 ino 3: x",
    'Dumping path for 3 fd via self 12 [/tmp/cr-tmpfs.Other1]',
    "Can't open file tmp/.criu.cgyard.Other1 on restore: No such file or directory",
    'cg: Opening /srv/yard as cg yard',
    'mnt: Unable to remove /tmp/cr-tmpfs.Other12: x',
    'mnt: Unable to remove /var/tmp/cr-tmpfs.Other1: x',
    'Unable to remove /home/a/.criu.mnt.Other1: x',
  ])('%j names none', (text) => expect(named(text)).toBeNull());
});

describe('a line of 8 KiB', () => {
  it.each([
    ['mnt: \tBind ', ' to /'],
    ['mnt: \tBind ', ' to /tmp/.criu.mntns.'],
    ["mnt: Can't bind-mount 1:", ' to /tmp/cr-tmpfs.aaaaa'],
    ['mnt: \t\tWill mount 1 @ ', '/a'],
    ["Can't remove ", '/.criu.mntns.aaaaaa1'],
    ["mnt: Can't mount at /", '.criu.mntns./'],
    ['rmrf: removing ', 'a/'],
    ['mnt: ', '\t'],
  ])('of %j and many %j is looked at in a moment', (head, piece) => {
    const line = asBytes(`${(head + piece.repeat(8192)).slice(0, 8180)}.criu.x`);
    const from = process.cpuUsage();
    for (let times = 0; times < 100; times++) expect(nameIn(line)).toBeNull();
    expect(process.cpuUsage(from).user).toBeLessThan(150_000);
  });
});
