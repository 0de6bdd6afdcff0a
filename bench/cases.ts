import path from 'node:path';
import type { Contestant } from './contestants.ts';
import type { Command } from './measure.ts';
import { type Case, type FileSystem, type Shape, type Task, TREES } from './model.ts';

/** One who takes part in a contest: its name in the samples, and its command on a directory. */
export interface Runner {
  readonly id: string;
  readonly command: (directory: string) => Command;
}

/** A case with all who take part, how often, and where one whose time is too long is left out. */
export interface Contest {
  readonly case: Case;
  readonly runners: readonly Runner[];
  readonly rounds: number;
}

/** What the contests are made of. */
export interface Plan {
  readonly only: readonly Task[];
  readonly fs: readonly FileSystem[];
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly contestants: readonly Contestant[];
  /** Of our command, where it is there. */
  readonly ours: Contestant | null;
  /** A file that the full report is written to. */
  readonly reportFile: string;
}

const STARTUP_ROUNDS = 25;
const LOOK_ROUNDS = 15;

/** The contests in the order they are held: small before large, so that the slow are known before it gets long. */
export function planContests(plan: Plan): readonly Contest[] {
  const { only, fs: systems, sizes, runs, contestants } = plan;
  const contest = (base: Contested): Contest => ({
    case: base,
    rounds: runs,
    runners: runnersOf(base, contestants),
  });
  const removals = (['removal', 'dry-run'] as const).filter((job) => only.includes(job));
  const bothJobs = ['removal', 'dry-run'] as const;
  const flat = systems.flatMap((fs) =>
    removals.flatMap((job) => sizes.map((leftovers) => contest({ job, fs, shape: 'flat', leftovers }))),
  );
  const trees = (shape: Exclude<Shape, 'flat'>) =>
    systems.flatMap((fs) =>
      bothJobs.map((job) => contest({ job, fs, shape, leftovers: TREES[shape].leftovers })),
    );
  const cold = systems
    .filter((fs) => fs !== 'tmpfs')
    .map((fs) => contest({ job: 'dry-run', fs, shape: 'deep', leftovers: TREES.deep.leftovers, cold: true }));
  return [
    ...(only.includes('startup') ? startup(plan) : []),
    ...(only.includes('look') ? look(plan) : []),
    ...flat,
    ...(only.includes('deep') ? trees('deep') : []),
    ...(only.includes('deeper') ? trees('deeper') : []),
    ...(only.includes('cold') ? cold : []),
    ...(only.includes('report') ? report(plan) : []),
  ];
}

type Contested = Case & { readonly job: 'removal' | 'dry-run' | 'look' };

function runnersOf({ job, shape }: Contested, contestants: readonly Contestant[]): readonly Runner[] {
  return contestants.flatMap(({ tool, self }) => {
    if (tool.flatOnly && shape !== 'flat') return [];
    const make = { removal: tool.removal, 'dry-run': tool.dryRun, look: tool.look }[job];
    return make ? [{ id: tool.id, command: (directory: string) => make(self, { directory, shape }) }] : [];
  });
}

/** `-q` on an empty directory over `node -e 0`. */
function startup({ ours, fs: [fs] }: Plan): readonly Contest[] {
  if (!ours || !fs) return [];
  const node: Runner = { id: 'node -e 0', command: () => ({ argv: [process.execPath, '-e', '0'] }) };
  const empty: Runner = { id: 'criu-sweep', command: (dir) => ({ argv: [...ours.self, '-q', dir] }) };
  const base: Case = { job: 'startup', fs, shape: 'flat', leftovers: 0 };
  return [{ case: base, runners: [node, empty], rounds: STARTUP_ROUNDS }];
}

/** A dry run of one leftover on a host with many processes, with the in-use check, without, and who else looks. */
function look({ contestants, ours, fs: [fs] }: Plan): readonly Contest[] {
  if (!fs) return [];
  const base: Contested = { job: 'look', fs, shape: 'flat', leftovers: 1 };
  const runners = [
    ...sweeps('dryRun', ours, 'criu-sweep --no-in-use', '--no-in-use'),
    ...runnersOf(base, contestants),
  ];
  return [{ case: base, runners, rounds: LOOK_ROUNDS }];
}

/** A removal with the full JSON report to a file over the same without. */
function report({ ours, fs: [fs], sizes, runs, reportFile }: Plan): readonly Contest[] {
  if (!fs) return [];
  const runners = sweeps('removal', ours, 'criu-sweep --report', '--report', path.resolve(reportFile));
  return sizes.map((leftovers) => ({
    case: { job: 'report', fs, shape: 'flat', leftovers },
    runners,
    rounds: runs,
  }));
}

/** Our command as it is, and as `id` with more options. */
function sweeps(
  job: 'removal' | 'dryRun',
  ours: Contestant | null,
  id: string,
  ...options: readonly string[]
): readonly Runner[] {
  const make = ours?.tool[job];
  if (!ours || !make) return [];
  const plain = (directory: string) => make(ours.self, { directory, shape: 'flat' });
  const more = (directory: string) => ({ argv: [...plain(directory).argv, ...options] });
  return [
    { id: 'criu-sweep', command: plain },
    { id, command: more },
  ];
}
