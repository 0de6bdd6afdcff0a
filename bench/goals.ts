import { byOther } from './contestants.ts';
import { type Case, type Results, TREES } from './model.ts';
import { medianOf, type Quantity, series, titleOf } from './series.ts';
import { medianDifference, medianRatio } from './statistics.ts';

/** What the speed and the memory of the command are held against. */
export interface Goal {
  readonly what: string;
  /** At most this. */
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
const tree = (job: Case['job'], fs: Case['fs'], shape: keyof typeof TREES): Case => ({
  job,
  fs,
  shape,
  leftovers: TREES[shape].leftovers,
});
const SMALL = flat('removal', 'tmpfs', 10_000);
const MIDDLE = flat('removal', 'tmpfs', 100_000);
const LARGE = flat('removal', 'tmpfs', 1_000_000);
const COLD: Case = { ...tree('dry-run', 'disk', 'deep'), cold: true };
const STARTUP = flat('startup', 'tmpfs', 0);
const LOOK = flat('look', 'tmpfs', 1);
const reportOf = (leftovers: number) => flat('report', 'tmpfs', leftovers);

const ratio =
  (above: string, below: string, base: Case, quantity: Quantity): Measure =>
  ({ samples }) =>
    medianRatio(series(samples, base, above, quantity), series(samples, base, below, quantity));

const difference =
  (of: string, over: string, base: Case, quantity: Quantity): Measure =>
  ({ samples }) =>
    medianDifference(series(samples, base, of, quantity), series(samples, base, over, quantity));

const growth: Measure = ({ samples }) => {
  const small = medianOf(samples, SMALL, OURS, 'memory');
  const large = medianOf(samples, LARGE, OURS, 'memory');
  return small === null || large === null ? null : large - small;
};

/** Ours over a peer, of one quantity. */
const over = (
  peer: string,
  base: Case,
  limit: number,
  quantity: Quantity = 'wall',
  us: string = OURS,
): Aim => ({
  what: `${titleOf(base)}: ${us} over ${peer}, ${quantity}`,
  limit,
  unit: '×',
  measure: ratio(us, peer, base, quantity),
});

const AIMS: readonly Aim[] = [
  ...(['removal', 'dry-run'] as const).flatMap((job) => [
    over('find', tree(job, 'tmpfs', 'deep'), 0.75),
    over('find', tree(job, 'disk', 'deep'), 0.75),
    over('bfs', tree(job, 'tmpfs', 'deeper'), 0.8),
  ]),
  over('find', COLD, 0.5, 'reads'),
  over('find', COLD, 0.8),
  over('find', MIDDLE, 0.7),
  over('find', LARGE, 0.6),
  over('floor', MIDDLE, 1.6, 'cpu'),
  over('floor', LARGE, 1.6, 'cpu'),
  over('floor', MIDDLE, 1.4, 'cpu', byOther(OURS)),
  over('floor', LARGE, 1.4, 'cpu', byOther(OURS)),
  over('find', flat('removal', 'disk', 100_000), 1),
  over('find', flat('dry-run', 'tmpfs', 100_000), 1),
  ...(['disk', 'xfs', 'btrfs'] as const).map((fs) => over('find', flat('dry-run', fs, 100_000), 1)),
  {
    what: 'peak memory, removal, tmpfs, 1,000,000',
    limit: 60,
    unit: 'MB',
    measure: ({ samples }) => medianOf(samples, LARGE, OURS, 'memory'),
  },
  { what: 'peak memory, 1,000,000 less 10,000', limit: 15, unit: 'MB', measure: growth },
  {
    what: 'start-up over node -e 0',
    limit: 15,
    unit: 'ms',
    measure: difference(OURS, 'node -e 0', STARTUP, 'wall'),
  },
  {
    what: 'look at who uses it, 1,000 processes: ours over --no-in-use',
    limit: 150,
    unit: 'ms',
    measure: difference(OURS, `${OURS} --no-in-use`, LOOK, 'wall'),
  },
  ...[100_000, 1_000_000].flatMap((leftovers): readonly Aim[] => [
    {
      what: `full JSON report of ${leftovers.toLocaleString('en')} over none, wall`,
      limit: 1.4,
      unit: '×',
      measure: ratio(`${OURS} --report`, OURS, reportOf(leftovers), 'wall'),
    },
    {
      what: `full JSON report of ${leftovers.toLocaleString('en')} less none, peak memory`,
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
    return [{ ...aim, measured, met: measured <= aim.limit }];
  });
}
