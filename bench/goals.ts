import type { Case, Results } from './model.ts';
import { medianOf, type Quantity, series } from './series.ts';
import { medianDifference, medianRatio } from './statistics.ts';

/** What the speed and the memory of the command are held against. */
export interface Goal {
  readonly what: string;
  /** `at-least` or `at-most` this. */
  readonly bound: 'at-least' | 'at-most';
  readonly limit: number;
  readonly unit: '×' | 'MB' | 'ms';
  readonly measured: number;
  readonly met: boolean;
}

type Measure = (results: Results) => number | null;
type Aim = Omit<Goal, 'measured' | 'met'> & { readonly measure: Measure };

const OURS = 'criu-sweep';
const flat = (job: Case['job'], fs: Case['fs'], leftovers: number): Case => ({
  job,
  fs,
  shape: 'flat',
  leftovers,
});
const DEEP_REMOVAL: Case = { job: 'removal', fs: 'tmpfs', shape: 'deep', leftovers: 2_000 };
const SMALL = flat('removal', 'tmpfs', 10_000);
const MIDDLE = flat('removal', 'tmpfs', 100_000);
const LARGE = flat('removal', 'tmpfs', 1_000_000);
const DISK = flat('removal', 'disk', 100_000);
const STARTUP = flat('startup', 'tmpfs', 0);
const LOOK = flat('look', 'tmpfs', 1);
const reportOf = (leftovers: number) => flat('report', 'tmpfs', leftovers);

const ratio =
  (above: string, below: string, base: Case, quantity: Quantity = 'wall'): Measure =>
  ({ samples }) =>
    medianRatio(series(samples, base, above, quantity), series(samples, base, below, quantity));

const difference =
  (of: string, over: string, base: Case, quantity: Quantity): Measure =>
  ({ samples }) =>
    medianDifference(series(samples, base, of, quantity), series(samples, base, over, quantity));

const growth: Measure = ({ samples }) => {
  const [small, large] = [SMALL, LARGE].map((base) => medianOf(samples, base, OURS, 'memory'));
  return small === null || small === undefined || large === null || large === undefined
    ? null
    : large - small;
};

const faster = (what: string, peer: string, base: Case, limit: number): Aim => ({
  what: `${what}: ${peer} over ours, wall`,
  bound: 'at-least',
  limit,
  unit: '×',
  measure: ratio(peer, OURS, base),
});

const withinFloor = (what: string, base: Case, limit: number): Aim => ({
  what: `${what}: ours over the floor, wall`,
  bound: 'at-most',
  limit,
  unit: '×',
  measure: ratio(OURS, 'floor', base),
});

const bothWays = (what: string, base: Case, find: number, bfs: number): readonly Aim[] => [
  faster(what, 'find', base, find),
  faster(what, 'bfs', base, bfs),
];

const DISK_PEERS = ['find', 'bfs', 'systemd-tmpfiles', 'tmpreaper', 'del-cli', 'rimraf'];

const AIMS: readonly Aim[] = [
  ...bothWays('removal, tmpfs, 100,000', MIDDLE, 1.3, 1.15),
  withinFloor('removal, tmpfs, 100,000', MIDDLE, 1.4),
  ...bothWays('removal, tmpfs, 1,000,000', LARGE, 1.5, 1.25),
  withinFloor('removal, tmpfs, 1,000,000', LARGE, 1.25),
  {
    what: 'removal, disk, 100,000: ours over find, CPU',
    bound: 'at-most',
    limit: 0.85,
    unit: '×',
    measure: ratio(OURS, 'find', DISK, 'cpu'),
  },
  ...DISK_PEERS.map((peer) => faster('removal, disk, 100,000', peer, DISK, 1)),
  ...bothWays('dry run, tmpfs, 100,000', flat('dry-run', 'tmpfs', 100_000), 1, 1),
  ...bothWays('dry run, disk, 100,000', flat('dry-run', 'disk', 100_000), 1, 1),
  faster('removal, tmpfs, deep tree', 'find', DEEP_REMOVAL, 1),
  faster('removal, disk, deep tree', 'find', { ...DEEP_REMOVAL, fs: 'disk' }, 1),
  faster('dry run, tmpfs, deep tree', 'find', { ...DEEP_REMOVAL, job: 'dry-run' }, 1),
  {
    what: 'peak memory, removal, tmpfs, 1,000,000',
    bound: 'at-most',
    limit: 70,
    unit: 'MB',
    measure: ({ samples }) => medianOf(samples, LARGE, OURS, 'memory'),
  },
  { what: 'peak memory, 1,000,000 less 10,000', bound: 'at-most', limit: 15, unit: 'MB', measure: growth },
  {
    what: 'start-up over node -e 0',
    bound: 'at-most',
    limit: 20,
    unit: 'ms',
    measure: difference(OURS, 'node -e 0', STARTUP, 'wall'),
  },
  {
    what: 'look at who uses it, 1,000 processes: ours over --no-in-use',
    bound: 'at-most',
    limit: 150,
    unit: 'ms',
    measure: difference(OURS, `${OURS} --no-in-use`, LOOK, 'wall'),
  },
  ...[100_000, 1_000_000].flatMap((leftovers): readonly Aim[] => [
    {
      what: `full JSON report of ${leftovers.toLocaleString('en')} over none, wall`,
      bound: 'at-most',
      limit: 1.4,
      unit: '×',
      measure: ratio(`${OURS} --report`, OURS, reportOf(leftovers)),
    },
    {
      what: `full JSON report of ${leftovers.toLocaleString('en')} less none, peak memory`,
      bound: 'at-most',
      limit: 15,
      unit: 'MB',
      measure: difference(`${OURS} --report`, OURS, reportOf(leftovers), 'memory'),
    },
  ]),
];

/** The goals that these results can tell of, each with what was measured. */
export function judgeGoals(results: Results): readonly Goal[] {
  return AIMS.flatMap(({ measure, ...aim }) => {
    const measured = measure(results);
    if (measured === null) return [];
    return [
      { ...aim, measured, met: aim.bound === 'at-least' ? measured >= aim.limit : measured <= aim.limit },
    ];
  });
}
