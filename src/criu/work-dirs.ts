/** A place where CRIU's callers let it work, in the form of a sweep's target. */
export interface KnownWorkDir {
  /** The programs that call CRIU there. */
  readonly callers: readonly string[];
  /**
   * A directory, or a glob of directories (fast-glob syntax; dot directories match). Everything below is
   * searched, so each ends at the work dirs: the root file systems of containers are beside them, not below.
   * `null`: a place that the caller's user chooses.
   */
  readonly target: string | null;
  readonly source: string;
}

/** The work dirs of CRIU's callers, and /tmp, where CRIU makes some directories whatever its work dir. */
export const KNOWN_WORK_DIRS: readonly KnownWorkDir[] = [
  {
    callers: ['runc 1.1 and later', 'crun'],
    target: null,
    source: '--work-path, else --image-path, else ./checkpoint',
  },
  {
    callers: ['runc 1.0'],
    target: '/run/runc/*/criu.work',
    source: '<root>/<id>/criu.work; root is /run/runc by default',
  },
  {
    callers: ['podman', 'CRI-O'],
    target: '/var/lib/containers/storage/*-containers/*/userdata',
    source: 'the static dir of a container, <graphroot>/<driver>-containers/<id>/userdata',
  },
  {
    callers: ['CRI-O'],
    target: '/run/containers/storage/*-containers/*/userdata',
    source: 'restore: the run dir of a container, <runroot>/<driver>-containers/<id>/userdata',
  },
  {
    callers: ['containerd', 'Docker'],
    target: '/var/lib/containerd/io.containerd.runtime.v2.task',
    source: 'the work dir of a shim, <root>/io.containerd.runtime.v2.task/<ns>/<id>, and criu-work in it',
  },
  {
    callers: ['Docker'],
    target: '/var/lib/docker/containerd/daemon/io.containerd.runtime.v2.task',
    source: 'the same, of the containerd that dockerd starts itself',
  },
  {
    callers: ['containerd CRI up to 2.2'],
    target: '/var/lib/containerd/io.containerd.grpc.v1.cri/containers',
    source: 'the directory of a container, <root>/io.containerd.grpc.v1.cri/containers/<id>',
  },
  {
    callers: ['Docker up to 17.03'],
    target: '/var/lib/docker/containers/*/checkpoints/*/criu.work',
    source: '<root>/containers/<id>/checkpoints/<name>/criu.work',
  },
  { callers: ['LXC'], target: null, source: 'the directory given to lxc-checkpoint -D' },
  {
    callers: ['Incus'],
    target: '/var/lib/incus/storage-pools/*/containers/*/state',
    source: 'the state directory of an instance',
  },
  {
    callers: ['LXD'],
    target: '/var/lib/lxd/storage-pools/*/containers/*/state',
    source: 'the state directory of an instance',
  },
  {
    callers: ['LXD'],
    target: '/var/snap/lxd/common/lxd/storage-pools/*/containers/*/state',
    source: 'the same, of the snap',
  },
  {
    callers: ['CRIU', 'Incus', 'LXD'],
    target: '/tmp',
    source:
      'criu/mount.c, cr-restore.c, cr-check.c and kerndat.c name it; /tmp/incus_checkpoint_*, /tmp/incus_restore_*',
  },
];

/** The known places of some callers, each named by the beginning of its name in whole words. */
export function targetsOf(callers: readonly string[]): readonly string[] {
  const isMeant = (name: string) => callers.some((each) => `${name} `.startsWith(`${each} `));
  return KNOWN_WORK_DIRS.flatMap(({ callers: own, target }) =>
    target !== null && own.some(isMeant) ? [target] : [],
  );
}

/** The user whose known work dirs are asked for. */
export interface Caller {
  /** Effective uid. */
  readonly uid: number;
  /** Absolute; anything else is ignored. */
  readonly home: string | undefined;
  /** The environment; `XDG_RUNTIME_DIR` is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The directories and globs of `--known`, whether or not they exist. For a user who is not root also the
 * storage of rootless containers, and `$XDG_RUNTIME_DIR`, where their runtimes keep theirs. Take these two
 * literally, even with glob characters in them.
 */
export function knownTargets(caller: Caller): readonly string[] {
  const known = KNOWN_WORK_DIRS.flatMap(({ target }) => (target === null ? [] : [target]));
  return caller.uid === 0 ? known : [...known, ...ownTargets(caller)];
}

/** The targets of a user. The XDG base directory specification says to ignore paths that are not absolute. */
function ownTargets({ home, env }: Caller): readonly string[] {
  const runtimeDir = env.XDG_RUNTIME_DIR;
  return [
    ...(home?.startsWith('/') ? [`${home.replace(/\/+$/, '')}/.local/share/containers`] : []),
    ...(runtimeDir?.startsWith('/') ? [runtimeDir] : []),
  ];
}
