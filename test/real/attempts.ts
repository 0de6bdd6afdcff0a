import { inTmp, inWork, type Left, mounted, mountedForContainer, mountedForRestored } from './left.ts';

/** Something that CRIU is made to do, and what must come of it. */
export interface Attempt {
  readonly name: string;
  readonly operation: 'dump' | 'pre-dump' | 'restore' | 'check';
  /** Dumped or restored: guest/leftovers.sh starts it. `images`: those of the attempt of that name. */
  readonly on: 'task' | 'confined' | 'container' | 'covered' | 'network' | 'images' | 'nothing' | 'nobody';
  /** Settings of c/kill-at.c. */
  readonly settings: readonly string[];
  /** How CRIU ends, as a shell's exit status, and as a reader calls it. */
  readonly status: number;
  readonly ended: string;
  /** The outcome that `inspect` must tell of its log; `null` where it writes none. */
  readonly outcome: 'succeeded' | 'failed' | 'cut-off' | 'running' | null;
  readonly left: readonly Left[];
}

type What = readonly [name: string, operation: Attempt['operation'], on: Attempt['on']];
/** Where the shim ends CRIU: a call, a part of its path, and more settings. */
type At = readonly [call: string, path: string, ...more: string[]];

const AA = '.criu.temp-aa-policy.';
const PROBE = '.criu.move_mount_set_group.';
const YARD = mounted('.criu.cgyard.', 'work dir', '1777');
const ROOTS = inTmp('.criu.mntns.', '777');
const OLD = 'OLD_KERNEL=1';

/** All of them, in the order in which they are made: what is restored was dumped before. */
export const ATTEMPTS: readonly Attempt[] = [
  finished('dump-finished', 'dump', 'task'),
  {
    ...finished('dump-failed', 'dump', 'nobody'),
    status: 1,
    ended: 'failed: no such process',
    outcome: 'failed',
  },
  killed(['dump-killed', 'dump', 'task'], ['mkdtemp', AA], inWork(AA)),
  {
    ...killed(['dump-terminated', 'dump', 'task'], ['mkdtemp', AA, 'KILL_WITH=15'], inWork(AA)),
    status: 143,
    ended: 'SIGTERM after mkdtemp',
  },
  killed(['pre-dump-killed', 'pre-dump', 'task'], ['mkdtemp', AA], inWork(AA)),
  killed(['dump-confined-killed', 'dump', 'confined'], ['remove', AA, 'KILL_WHEN=before'], {
    ...inWork(AA),
    there: 'files',
    went: ['not-empty', 'not-empty', 'not-empty'],
  }),
  killed(['probe-killed', 'dump', 'task'], ['mkdtemp', 'move_mount'], inTmp(PROBE)),
  killed(['probe-mounted', 'dump', 'task'], ['mount', 'move_mount'], mounted(PROBE, '/tmp', '1777')),
  killed(['check-killed', 'check', 'nothing'], ['mkdtemp', '.criu.mnt.'], inTmp('.criu.mnt.')),
  killed(
    ['check-mounted', 'check', 'nothing'],
    ['mount', '.criu.mnt.'],
    mounted('.criu.mnt.', '/tmp', '755'),
  ),
  {
    ...killed(['network-killed', 'dump', 'network'], ['mkdtemp', 'crtools-sys', OLD], inWork('crtools-sys.')),
    status: 1,
    ended: 'failed: its helper was killed after mkdtemp',
    outcome: 'failed',
  },
  killed(['cgroups-killed', 'dump', 'container'], ['mkdtemp', 'cgmounts', OLD], inWork('.criu.cgmounts.')),
  killed(['cgroups-mounted', 'dump', 'container'], ['mount', 'cgmounts', OLD], {
    ...mounted('.criu.cgmounts.', 'work dir', '555'),
    ofNoRun: true,
  }),
  killed(['covered-killed', 'dump', 'covered'], ['mkdtemp', 'cr-tmpfs'], {
    ...inWork('cr-tmpfs.'),
    where: "the container's /tmp",
  }),
  killed(['covered-mounted', 'dump', 'covered'], ['mount', 'cr-tmpfs'], mountedForContainer('cr-tmpfs.')),
  finished('images', 'dump', 'container'),
  finished('restore-finished', 'restore', 'images'),
  killed(['yard-killed', 'restore', 'images'], ['mkdtemp', 'cgyard'], inWork('.criu.cgyard.')),
  killed(['yard-mounted', 'restore', 'images'], ['mount', 'cgyard'], YARD),
  killed(['namespace-killed', 'restore', 'images'], ['mkdtemp', '.criu.mntns.'], YARD, inTmp('.criu.mntns.')),
  killed(['namespace-mounted', 'restore', 'images'], ['mount', '.criu.mntns.'], YARD, ROOTS),
  held('proc-held', ['mkdtemp', 'crtools-proc'], YARD, ROOTS, inTmp('crtools-proc.')),
  held('proc-mounted', ['mount', 'crtools-proc'], YARD, ROOTS, mountedForRestored('crtools-proc.')),
  // That directory lies on the tmpfs in .criu.mntns.*, so only in the namespace that is being restored.
  held('root-held', ['mkdtemp', 'put-root'], YARD, mountedForRestored('.criu.mntns.', '777')),
];

/** Not killed: it finishes, and leaves nothing. */
function finished(...[name, operation, on]: What): Attempt {
  return {
    name,
    operation,
    on,
    settings: [],
    status: 0,
    ended: 'finished',
    outcome: 'succeeded',
    left: [],
  };
}

/** Killed by SIGKILL, so its log simply stops. A check writes none. */
function killed([name, operation, on]: What, where: At, ...left: readonly Left[]): Attempt {
  return {
    name,
    operation,
    on,
    settings: settingsOf(where),
    status: 137,
    ended: `killed ${where.includes('KILL_WHEN=before') ? 'before' : 'after'} ${where[0]}`,
    outcome: operation === 'check' ? null : 'cut-off',
    left,
  };
}

/** A restore whose first restored process waits there, while the CRIU above it is killed. */
function held(name: string, where: At, ...left: readonly Left[]): Attempt {
  return {
    ...killed([name, 'restore', 'images'], [...where, OLD, 'KILL_HOLD=1'], ...left),
    ended: `killed, with what it restores still at ${where[0]}`,
    outcome: 'running',
  };
}

function settingsOf([call, path, ...more]: At): string[] {
  return [`KILL_AT=${call}`, `KILL_ON=${path}`, ...more];
}

/** The attempts as guest/leftovers.sh reads them: a shell's commands. */
export const script = (): string =>
  `${ATTEMPTS.map(({ name, operation, on, settings }) =>
    ['attempt', name, operation, on, ...settings].join(' '),
  ).join('\n')}\n`;
