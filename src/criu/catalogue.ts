import type { Bytes, Kind } from '../model/model.ts';

/**
 * The directories that CRIU makes with mkdtemp(3), read out of its source at v4.2. For each prefix: the modes
 * that a leftover can have (mkdtemp's 0700 unless CRIU changes it), and whether CRIU mounts something on it
 * while it is alive.
 */
export const CATALOGUE: readonly Kind[] = [
  // criu/apparmor.c:361 @v4.2: dump and pre-dump where AppArmor is on, in the work dir; v3.16 and later
  { prefix: '.criu.temp-aa-policy.', modes: [0o700], mountable: false },
  // criu/cgroup.c:1882 @v4.2: restore; a tmpfs with cgroup file systems in it is mounted there; v1.3 and later
  { prefix: '.criu.cgyard.', modes: [0o700], mountable: true },
  // criu/cgroup.c:630 @v4.2: dump on kernels before 5.2; a cgroup file system is mounted there; v1.3 and later
  { prefix: '.criu.cgmounts.', modes: [0o700], mountable: true },
  // criu/net.c:2750 @v4.2: dump of a network namespace on kernels before 5.2; v0.7 and later
  { prefix: 'crtools-sys.', modes: [0o700], mountable: false },
  // criu/cr-restore.c:1429 @v4.2: restore; a proc is mounted there; v0.1 and later
  { prefix: 'crtools-proc.', modes: [0o700], mountable: true },
  // criu/mount.c:1283 and 2354 @v4.2: dump and restore; a bind mount of the container's data; v0.7 and later
  { prefix: 'cr-tmpfs.', modes: [0o700], mountable: true },
  // criu/mount.c:3071 @v4.2: restore of a mount namespace; chmod to 0777 at mount.c:3080; v1.3 and later
  { prefix: '.criu.mntns.', modes: [0o777, 0o700], mountable: true },
  // criu/mount.c:2937 @v4.2: restore, in the container's root; v0.2 and later
  { prefix: 'crtools-put-root.', modes: [0o700], mountable: false },
  // criu/cr-check.c:980 @v4.2: `criu check`; an autofs is mounted there; v2.4 and later
  { prefix: '.criu.mnt.', modes: [0o700], mountable: true },
  // criu/kerndat.c:1082 @v4.2: any start without a kernel-probe cache; a tmpfs is mounted there; v3.17 and later
  { prefix: '.criu.move_mount_set_group.', modes: [0o700], mountable: true },
];

/**
 * The prefixes that some version of CRIU makes in /tmp, whatever its work dir. The same source lines name
 * /tmp.
 */
export const MADE_IN_TMP: readonly Bytes[] = [
  'crtools-proc.',
  'cr-tmpfs.',
  '.criu.mntns.',
  '.criu.mnt.',
  '.criu.move_mount_set_group.',
];

/**
 * The comm of a living CRIU, whatever its argv says, and the directory where it makes {@link MADE_IN_TMP}.
 */
export const CRIU = { comm: 'criu', temporary: '/tmp' } as const;
