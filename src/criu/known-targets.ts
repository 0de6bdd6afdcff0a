import {
  ALL,
  KNOWN_WORK_DIRS,
  type KnownWorkDir,
  type MovableRoot,
  type WorkDirBounds,
} from './work-dirs.ts';

/** A root that lies elsewhere on this host. @param to absolute, normal, without a slash at its end */
export interface MovedRoot {
  readonly from: MovableRoot;
  readonly to: string;
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

/** A place to search: a directory that is taken literally, and the glob below it, if any. */
export interface KnownTarget {
  readonly callers: readonly string[];
  /** Absolute. Characters of globs in it mean themselves; empty where all of the path is in `glob`. */
  readonly base: string;
  /** A glob of directories below `base`, beginning with a slash; `null`: `base` itself. */
  readonly glob: string | null;
  readonly bounds: WorkDirBounds;
}

/**
 * The directories and globs of `--known`, whether or not they exist: those of the table, those below moved
 * roots, and for a user who is not root also the storage of rootless containers and `$XDG_RUNTIME_DIR`, where
 * their runtimes keep theirs.
 */
export function knownTargets(caller: Caller, moved: readonly MovedRoot[] = []): readonly KnownTarget[] {
  return [
    ...KNOWN_WORK_DIRS.flatMap((row) => (row.target === null ? [] : [targetOf(row, '', row.target)])),
    ...moved.flatMap(movedTargets),
    ...(caller.uid === 0 ? [] : ownTargets(caller)),
  ];
}

function targetOf({ callers, bounds }: KnownWorkDir, base: string, below: string): KnownTarget {
  const isGlob = /[*?]/.test(below);
  return { callers, bounds, base: isGlob ? base : base + below, glob: isGlob ? below : null };
}

/** The places below a root, as they are where it was moved to. */
function movedTargets({ from, to }: MovedRoot): readonly KnownTarget[] {
  return KNOWN_WORK_DIRS.flatMap((row) =>
    row.target?.startsWith(`${from.directory}/`)
      ? [targetOf(row, to, row.target.slice(from.directory.length))]
      : [],
  );
}

/** Beside the containers: layers of images, named volumes, and what podman downloads. */
const ROOTLESS: WorkDirBounds = { ...ALL, exclude: ['storage/!(*-containers)', 'cache', 'podman'] };

/** The targets of a user. The XDG base directory specification says to ignore paths that are not absolute. */
function ownTargets({ home, env }: Caller): readonly KnownTarget[] {
  const runtimeDir = env.XDG_RUNTIME_DIR;
  const own = (base: string, bounds: WorkDirBounds): KnownTarget => ({
    callers: ['podman'],
    base,
    glob: null,
    bounds,
  });
  return [
    ...(home?.startsWith('/') ? [own(`${home.replace(/\/+$/, '')}/.local/share/containers`, ROOTLESS)] : []),
    ...(runtimeDir?.startsWith('/') ? [own(runtimeDir, ALL)] : []),
  ];
}
