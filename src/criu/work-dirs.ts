/** A place where CRIU's callers let it work, in the form of a sweep's target. */
export interface KnownWorkDir {
  /** The programs that call CRIU there. */
  readonly callers: readonly string[];
  /**
   * A directory, or a glob of directories (fast-glob syntax; dot directories match). Everything below is
   * searched, within `bounds`, so each ends at the work dirs: the root file systems of containers are beside
   * them, not below. `null`: a place that the caller's user chooses.
   */
  readonly target: string | null;
  readonly bounds: WorkDirBounds;
  readonly source: string;
}

/** The part of a known place that is searched. */
export interface WorkDirBounds {
  /**
   * Directories on the way of a glob may be file systems of their own, as storage pools are. Never where
   * others make directories: a look at their FUSE may not come back.
   */
  readonly mounts: boolean;
  /** 1: its own entries only; `null`: every depth. */
  readonly maxDepth: number | null;
  /** Globs of paths below it that hold no work dir and are not entered, as those of `--exclude`. */
  readonly exclude: readonly string[];
}

/** All of a place. */
export const ALL: WorkDirBounds = { mounts: true, maxDepth: null, exclude: [] };

function place(
  callers: readonly string[],
  target: string | null,
  source: string,
  bounds: Partial<WorkDirBounds> = {},
): KnownWorkDir {
  return { callers, target, source, bounds: { ...ALL, ...bounds } };
}

/** The work dirs below containerd's `root`, wherever that is. */
function containerdPlaces(caller: string, root: string): readonly KnownWorkDir[] {
  return [
    place(
      [caller],
      `${root}/io.containerd.runtime.v2.task`,
      'the work dir of a shim, <root>/io.containerd.runtime.v2.task/<ns>/<id>, and criu-work in it',
    ),
    place(
      [caller],
      `${root}/io.containerd.runtime.v1.linux`,
      'the same of shim v1 (containerd up to 1.7), <root>/io.containerd.runtime.v1.linux/<ns>/<id>',
    ),
    place(
      [caller],
      `${root}/io.containerd.grpc.v1.cri/containers`,
      'containerd CRI up to 2.3.1: the directory of a container, ' +
        '<root>/io.containerd.grpc.v1.cri/containers/<id>; ' +
        'its volumes hold what containers wrote',
      { exclude: ['*/volumes'] },
    ),
  ];
}

/**
 * In /tmp nothing lies deeper. A glob there has a wildcard in its first name, since links on the way to the
 * first wildcard are followed and anybody can make one there; it is a `?`, so that nobody can make many matches.
 */
const TMP: Partial<WorkDirBounds> = { mounts: false, maxDepth: 4 };

/** The work dirs of CRIU's callers, and /tmp, where CRIU makes some directories whatever its work dir. */
export const KNOWN_WORK_DIRS: readonly KnownWorkDir[] = [
  place(['runc 1.1 and later', 'crun'], null, '--work-path, else --image-path, else ./checkpoint'),
  place(['runc 1.0'], '/run/runc/*/criu.work', '<root>/<id>/criu.work; root is /run/runc by default'),
  place(
    ['podman', 'CRI-O'],
    '/var/lib/containers/storage/*-containers/*/userdata',
    'the static dir of a container, <graphroot>/<driver>-containers/<id>/userdata',
  ),
  place(
    ['CRI-O'],
    '/run/containers/storage/*-containers/*/userdata',
    'restore: the run dir of a container, <runroot>/<driver>-containers/<id>/userdata',
  ),
  ...containerdPlaces('containerd', '/var/lib/containerd'),
  ...containerdPlaces('Docker', '/var/lib/docker/containerd/daemon'),
  ...containerdPlaces('Docker (snap)', '/var/snap/docker/common/var-lib-docker/containerd/daemon'),
  ...containerdPlaces('k3s', '/var/lib/rancher/k3s/agent/containerd'),
  ...containerdPlaces('RKE2', '/var/lib/rancher/rke2/agent/containerd'),
  ...containerdPlaces('k0s', '/var/lib/k0s/containerd'),
  ...containerdPlaces('microk8s', '/var/snap/microk8s/common/var/lib/containerd'),
  place(['zeropod'], '/var/lib/zeropod/i/*/work', 'the work dir of its shim, /var/lib/zeropod/i/<id>/work'),
  place(
    ['Docker up to 17.03'],
    '/var/lib/docker/containers/*/checkpoints/*/criu.work',
    '<data-root>/containers/<id>/checkpoints/<name>/criu.work',
  ),
  place(['LXC'], null, 'the directory given to lxc-checkpoint -D'),
  place(['Incus'], '/var/lib/incus/storage-pools/*/containers/*/state', 'the state directory of an instance'),
  place(
    ['LXD'],
    '/var/lib/lxd/storage-pools/*/containers/*/state',
    'the state directory of an instance, up to LXD 6.5',
  ),
  place(
    ['LXD (snap)'],
    '/var/snap/lxd/common/lxd/storage-pools/*/containers/*/state',
    'the same, of the snap',
  ),
  place(
    ['LXD (snap)'],
    '/tmp/snap-private-tm?/snap.lxd/tmp',
    "the snap's own /tmp: lxd_checkpoint_*, lxd_restore_*",
    TMP,
  ),
  place(['LXD (snap)'], '/tmp/snap.lx?/tmp', 'the same, of an older snapd', TMP),
  place(
    ['CRIU', 'Incus', 'LXD'],
    '/tmp',
    'CRIU itself names it (criu/mount.c, cr-restore.c, cr-check.c, kerndat.c); ' +
      'incus_checkpoint_*, incus_restore_*, lxd_checkpoint_*, lxd_restore_*',
    TMP,
  ),
];

/** A directory that its program's configuration can move, with all known work dirs below it. */
export interface MovableRoot {
  readonly directory: string;
  /** The file that says where it is instead, its format, and the way to the value. */
  readonly file: string;
  readonly format: 'json' | 'toml';
  readonly keys: readonly string[];
}

/** The roots that are moved by a file of one fixed name. */
export const MOVABLE_ROOTS: readonly MovableRoot[] = [
  { directory: '/var/lib/docker', file: '/etc/docker/daemon.json', format: 'json', keys: ['data-root'] },
  { directory: '/var/lib/containerd', file: '/etc/containerd/config.toml', format: 'toml', keys: ['root'] },
  {
    directory: '/var/lib/containers/storage',
    file: '/etc/containers/storage.conf',
    format: 'toml',
    keys: ['storage', 'graphroot'],
  },
  {
    directory: '/run/containers/storage',
    file: '/etc/containers/storage.conf',
    format: 'toml',
    keys: ['storage', 'runroot'],
  },
];

/** The part of a known place that is searched, as half a sentence; `null`: all of it. */
export function boundsText({ maxDepth, exclude }: WorkDirBounds): string | null {
  if (maxDepth !== null) return `${maxDepth} levels deep`;
  return exclude.length === 0 ? null : `without ${exclude.join(', ')}`;
}
