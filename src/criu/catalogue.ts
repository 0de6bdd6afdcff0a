import { bytes, encode } from '../linux/bytes.ts';
import type { Bytes, Kind } from '../model/model.ts';

/** The task of CRIU that makes a directory; `start`: any of them, before it does what it was asked for. */
export type Making = 'dump' | 'pre-dump' | 'restore' | 'check' | 'start';

/** The place of a directory that CRIU makes; `root`: the root directory of a container, or `--root`. */
export type MadeIn = 'work dir' | '/tmp' | 'root';

/** A kind of directory that CRIU makes with mkdtemp(3), and what its users ask about it. */
export interface CatalogueRow extends Kind {
  readonly places: readonly MadeIn[];
  readonly madeBy: readonly Making[];
  /** The condition on which they make it, and the versions that do; half a sentence each. */
  readonly condition: string | null;
  readonly versions: string;
  /** The file system that is mounted on it while CRIU is alive, and can stay mounted; `null`: none ever is. */
  readonly mounted: string | null;
  /** A leftover of it, as it is found. */
  readonly left: string;
  readonly source: string;
}

/** mkdtemp(3): "The directory is then created with permissions 0700". */
export const MKDTEMP_MODE = 0o700;

/** A row whose leftovers have the mode that mkdtemp(3) gave them, if it names no other. */
function row(
  prefix: string,
  facts: Omit<CatalogueRow, 'prefix' | 'modes' | 'mountable'>,
  modes: readonly number[] = [MKDTEMP_MODE],
): CatalogueRow {
  return { prefix: encode(prefix), modes, mountable: facts.mounted !== null, ...facts };
}

/** The directories that CRIU makes with mkdtemp(3), read out of its source, v0.1 to v4.2. One row a kind. */
export const CATALOGUE: readonly CatalogueRow[] = [
  row('.criu.temp-aa-policy.', {
    places: ['work dir'],
    madeBy: ['dump', 'pre-dump'],
    condition: 'where AppArmor is on',
    versions: 'v3.16 and later; v3.16 and v3.16.1 leave one every time',
    mounted: null,
    left: 'empty; with a policy file only if CRIU was killed over a task in an AppArmor namespace',
    source: 'criu/apparmor.c:361 @v4.2',
  }),
  row('.criu.cgyard.', {
    places: ['work dir'],
    madeBy: ['restore'],
    condition: null,
    versions: 'v1.3 and later',
    mounted: 'a tmpfs (mode 1777) with cgroup file systems in it',
    left: 'empty, or a living mount',
    source: 'criu/cgroup.c:1882 @v4.2',
  }),
  row('.criu.cgmounts.', {
    places: ['work dir'],
    madeBy: ['dump', 'pre-dump'],
    condition: 'on kernels before 5.2',
    versions: 'v1.3 and later',
    mounted: 'a cgroup file system (mode 0555)',
    left: 'empty, or a living mount',
    source: 'criu/cgroup.c:630 @v4.2',
  }),
  row('crtools-sys.', {
    places: ['work dir'],
    madeBy: ['dump', 'pre-dump'],
    condition: 'of a network namespace, on kernels before 5.2',
    versions: 'v0.7 and later',
    mounted: null,
    left: 'empty',
    source: 'criu/net.c:2750 @v4.2',
  }),
  row('crtools-proc.', {
    places: ['/tmp', 'work dir'],
    madeBy: ['restore'],
    condition: null,
    versions: 'v0.1 and later; in the work dir from v0.2 to v3.13',
    mounted: 'a proc',
    left: 'empty, or a living mount',
    source: 'criu/cr-restore.c:1429 @v4.2',
  }),
  row('cr-tmpfs.', {
    places: ['/tmp', 'root'],
    madeBy: ['dump', 'restore'],
    condition: 'restore: by the old mount engine',
    versions: 'v0.7 and later',
    mounted: "a bind mount, in a container of the container's data",
    left: 'empty, or a living mount',
    source: 'criu/mount.c:1283 and 2354 @v4.2',
  }),
  row(
    '.criu.mntns.',
    {
      places: ['/tmp', 'root'],
      madeBy: ['restore'],
      condition: 'of a mount namespace',
      versions: 'v1.3 and later; in /tmp since v2.11',
      mounted: 'a tmpfs',
      left: 'empty, or a living mount; mode 0777 after the chmod at mount.c:3080, 0700 before it',
      source: 'criu/mount.c:3071 @v4.2',
    },
    [0o777, MKDTEMP_MODE],
  ),
  row('crtools-put-root.', {
    places: ['root'],
    madeBy: ['restore'],
    condition: null,
    versions: 'v0.2 and later',
    mounted: null,
    left: 'empty',
    source: 'criu/mount.c:2937 @v4.2',
  }),
  row('.criu.mnt.', {
    places: ['/tmp'],
    madeBy: ['check'],
    condition: '`criu check --all` or `--feature autofs`',
    versions: 'v2.4 and later',
    mounted: 'an autofs',
    left: 'empty, or a living mount',
    source: 'criu/cr-check.c:980 @v4.2',
  }),
  row('.criu.move_mount_set_group.', {
    places: ['/tmp'],
    madeBy: ['start'],
    condition: 'without a valid kernel-probe cache, /run/criu.kdat',
    versions: 'v3.17 and later',
    mounted: 'a tmpfs (mode 1777) with a directory `subdir`',
    left: 'empty, or a living mount',
    source: 'criu/kerndat.c:1082 @v4.2',
  }),
];

/** The prefixes that some version of CRIU makes in /tmp, whatever its work dir. */
export const MADE_IN_TMP: readonly Bytes[] = CATALOGUE.filter(({ places }) => places.includes('/tmp')).map(
  ({ prefix }) => prefix,
);

/**
 * A living CRIU is known by its comm, whatever its argv says; that of one that is installed with its version in
 * its name has that too. And the directory where it makes {@link MADE_IN_TMP}.
 */
export const CRIU = {
  isComm: (comm: Bytes): boolean => /^criu(?:[-._]?\d[\w.-]*)?$/.test(comm),
  temporary: bytes`/tmp`,
};
