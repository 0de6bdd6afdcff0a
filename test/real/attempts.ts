/** A directory that an attempt leaves, and what becomes of it. */
export interface Left {
  readonly prefix: string;
  readonly mode: string;
  readonly there: 'empty' | 'a mount' | 'files';
  /** What the sweeps make of it, in {@link PHASES}; `null` where it has gone. */
  /** Nothing tells of which run it is: its log does not name it, and a mount hides when it was made. */
  readonly ofNoRun?: true;
  readonly went: readonly ('removed' | 'mounted' | 'in-use' | 'not-empty' | null)[];
}

/** Something that CRIU is made to do, and what must come of it. */
export interface Attempt {
  readonly name: string;
  readonly operation: 'dump' | 'pre-dump' | 'restore' | 'check';
  /** What it dumps or restores; guest/leftovers.sh starts it. `images` are those of the attempt of that name. */
  readonly on: 'task' | 'confined' | 'container' | 'covered' | 'network' | 'images' | 'nothing' | 'nobody';
  /** Settings of c/kill-at.c. */
  readonly settings: readonly string[];
  /** How CRIU ends, as a shell's exit status, and as a reader calls it. */
  readonly status: number;
  readonly ended: string;
  /** What `inspect` must say of its log; `null` where it writes none. */
  readonly outcome: 'succeeded' | 'failed' | 'cut-off' | 'running' | null;
  readonly left: readonly Left[];
}

/** When it is swept: a CRIU lives, only what it dumped or restored does, nothing does. */
export const PHASES = ['held', 'living', 'over'] as const;

const EMPTY = { mode: '700', there: 'empty' } as const;

/** In a work dir where no CRIU works any more. */
const free = (prefix: string): Left => ({ prefix, ...EMPTY, went: ['removed', null, null] });

/** In /tmp, where any living CRIU may be using it. */
const inTmp = (prefix: string, mode = '700'): Left => ({
  prefix,
  mode,
  there: 'empty',
  went: ['in-use', 'removed', null],
});

const mount = (prefix: string, mode: string): Left => ({
  prefix,
  mode,
  there: 'a mount',
  went: ['mounted', 'mounted', 'removed'],
});

/** A dead CRIU's, whose task or whose own first process has something mounted on it where we cannot see it by lstat. */
const mountedElsewhere = (prefix: string, ...went: Left['went']): Left => ({ prefix, ...EMPTY, went });

const AA = '.criu.temp-aa-policy.';
const YARD = mount('.criu.cgyard.', '1777');
const MNTNS = inTmp('.criu.mntns.', '777');

type Killed = Pick<Attempt, 'name' | 'operation' | 'on' | 'left'>;

const at = (call: string, path: string, ...more: string[]): string[] => [
  `KILL_AT=${call}`,
  `KILL_ON=${path}`,
  ...more,
];

/** Killed by SIGKILL, so its log simply stops. A check writes none. */
const killed = (attempt: Killed, call: string, path: string, ...more: string[]): Attempt => ({
  ...attempt,
  settings: at(call, path, ...more),
  status: 137,
  ended: `killed ${more.includes('KILL_WHEN=before') ? 'before' : 'after'} ${call}`,
  outcome: attempt.operation === 'check' ? null : 'cut-off',
});

const OLD = 'OLD_KERNEL=1';

/** All of them, in the order in which they are made: what is restored was dumped before. */
export const ATTEMPTS: readonly Attempt[] = [
  {
    name: 'dump-finished',
    operation: 'dump',
    on: 'task',
    settings: [],
    status: 0,
    ended: 'finished',
    outcome: 'succeeded',
    left: [],
  },
  {
    name: 'dump-failed',
    operation: 'dump',
    on: 'nobody',
    settings: [],
    status: 1,
    ended: 'failed: no such process',
    outcome: 'failed',
    left: [],
  },
  killed({ name: 'dump-killed', operation: 'dump', on: 'task', left: [free(AA)] }, 'mkdtemp', AA),
  {
    name: 'dump-terminated',
    operation: 'dump',
    on: 'task',
    settings: at('mkdtemp', AA, 'KILL_WITH=15'),
    status: 143,
    ended: 'SIGTERM after mkdtemp',
    outcome: 'cut-off',
    left: [free(AA)],
  },
  killed({ name: 'pre-dump-killed', operation: 'pre-dump', on: 'task', left: [free(AA)] }, 'mkdtemp', AA),
  killed(
    {
      name: 'dump-confined-killed',
      operation: 'dump',
      on: 'confined',
      left: [{ prefix: AA, mode: '700', there: 'files', went: ['not-empty', 'not-empty', 'not-empty'] }],
    },
    'remove',
    AA,
    'KILL_WHEN=before',
  ),
  killed(
    { name: 'probe-killed', operation: 'dump', on: 'task', left: [inTmp('.criu.move_mount_set_group.')] },
    'mkdtemp',
    'move_mount',
  ),
  killed(
    {
      name: 'probe-mounted',
      operation: 'dump',
      on: 'task',
      left: [mount('.criu.move_mount_set_group.', '1777')],
    },
    'mount',
    'move_mount',
  ),
  killed(
    { name: 'check-killed', operation: 'check', on: 'nothing', left: [inTmp('.criu.mnt.')] },
    'mkdtemp',
    '.criu.mnt.',
  ),
  killed(
    { name: 'check-mounted', operation: 'check', on: 'nothing', left: [mount('.criu.mnt.', '755')] },
    'mount',
    '.criu.mnt.',
  ),
  {
    name: 'network-killed',
    operation: 'dump',
    on: 'network',
    settings: at('mkdtemp', 'crtools-sys', OLD),
    status: 1,
    ended: 'its helper killed after mkdtemp, so failed',
    outcome: 'failed',
    left: [free('crtools-sys.')],
  },
  killed(
    { name: 'cgroups-killed', operation: 'dump', on: 'container', left: [free('.criu.cgmounts.')] },
    'mkdtemp',
    'cgmounts',
    OLD,
  ),
  killed(
    {
      name: 'cgroups-mounted',
      operation: 'dump',
      on: 'container',
      left: [{ ...mount('.criu.cgmounts.', '555'), ofNoRun: true }],
    },
    'mount',
    'cgmounts',
    OLD,
  ),
  killed(
    { name: 'covered-killed', operation: 'dump', on: 'covered', left: [free('cr-tmpfs.')] },
    'mkdtemp',
    'cr-tmpfs',
  ),
  killed(
    {
      name: 'covered-mounted',
      operation: 'dump',
      on: 'covered',
      left: [mountedElsewhere('cr-tmpfs.', 'mounted', 'mounted', 'removed')],
    },
    'mount',
    'cr-tmpfs',
  ),
  {
    name: 'images',
    operation: 'dump',
    on: 'container',
    settings: [],
    status: 0,
    ended: 'finished',
    outcome: 'succeeded',
    left: [],
  },
  {
    name: 'restore-finished',
    operation: 'restore',
    on: 'images',
    settings: [],
    status: 0,
    ended: 'finished',
    outcome: 'succeeded',
    left: [],
  },
  killed(
    { name: 'yard-killed', operation: 'restore', on: 'images', left: [free('.criu.cgyard.')] },
    'mkdtemp',
    'cgyard',
  ),
  killed({ name: 'yard-mounted', operation: 'restore', on: 'images', left: [YARD] }, 'mount', 'cgyard'),
  killed(
    { name: 'namespace-killed', operation: 'restore', on: 'images', left: [YARD, inTmp('.criu.mntns.')] },
    'mkdtemp',
    '.criu.mntns.',
  ),
  killed(
    { name: 'namespace-mounted', operation: 'restore', on: 'images', left: [YARD, MNTNS] },
    'mount',
    '.criu.mntns.',
  ),
  held('proc-held', [inTmp('crtools-proc.'), MNTNS], 'mkdtemp', 'crtools-proc'),
  held(
    'proc-mounted',
    [mountedElsewhere('crtools-proc.', 'mounted', 'removed', null), MNTNS],
    'mount',
    'crtools-proc',
  ),
  // That directory lies on the tmpfs in .criu.mntns, so only in the namespace that is being restored.
  held('root-held', [{ ...MNTNS, went: ['mounted', 'removed', null] }], 'mkdtemp', 'put-root'),
];

/** Its first process waits there; the CRIU above it is killed. */
function held(name: string, left: readonly Left[], call: string, path: string): Attempt {
  return {
    name,
    operation: 'restore',
    on: 'images',
    settings: at(call, path, OLD, 'KILL_HOLD=1'),
    status: 137,
    ended: `killed, with the restored process still at ${call}`,
    outcome: 'running',
    left: [YARD, ...left],
  };
}

/** The attempts as guest/leftovers.sh reads them: a shell's commands. */
export const script = (): string =>
  `${ATTEMPTS.map(({ name, operation, on, settings }) =>
    ['attempt', name, operation, on, ...settings].join(' '),
  ).join('\n')}\n`;
