import path from 'node:path';
import type { Contestant } from './contestants.ts';
import type { Command } from './measure.ts';
import { type Case, DEEP, type FileSystem, type Task } from './model.ts';

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
  /** Who takes part in the look at who uses a directory. */
  readonly lookers: readonly Runner[];
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
  const contest = (base: Case): Contest => ({
    case: base,
    rounds: runs,
    runners: runnersOf(base, contestants),
  });
  const removals = (['removal', 'dry-run'] as const).filter((job) => only.includes(job));
  const bothJobs = ['removal', 'dry-run'] as const;
  const flat = systems.flatMap((fs) =>
    removals.flatMap((job) => sizes.map((leftovers) => contest({ job, fs, shape: 'flat', leftovers }))),
  );
  const deep = systems.flatMap((fs) =>
    bothJobs.map((job) => contest({ job, fs, shape: 'deep', leftovers: DEEP.leftovers })),
  );
  return [
    ...(only.includes('startup') ? startup(plan) : []),
    ...(only.includes('look') ? look(plan) : []),
    ...flat,
    ...(only.includes('deep') ? deep : []),
    ...(only.includes('report') ? report(plan) : []),
  ];
}

function runnersOf({ job, shape }: Case, contestants: readonly Contestant[]): readonly Runner[] {
  return contestants.flatMap(({ tool, self }) => {
    const make = job === 'dry-run' ? tool.dryRun : tool.removal;
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

/** A dry run of one leftover on a host with many processes, of which what matters is the look at who uses it. */
function look({ lookers, fs: [fs] }: Plan): readonly Contest[] {
  if (!fs) return [];
  return [{ case: { job: 'look', fs, shape: 'flat', leftovers: 1 }, runners: lookers, rounds: LOOK_ROUNDS }];
}

/** A removal with the full JSON report to a file over the same without. */
function report({ ours, fs: [fs], sizes, runs, reportFile }: Plan): readonly Contest[] {
  if (!ours || !fs) return [];
  const removal = (directory: string) => ours.tool.removal(ours.self, { directory, shape: 'flat' });
  const reporting = (directory: string) => ({
    argv: [...removal(directory).argv, '--report', path.resolve(reportFile)],
  });
  const runners = [
    { id: 'criu-sweep', command: removal },
    { id: 'criu-sweep --report', command: reporting },
  ];
  return sizes.map((leftovers) => ({
    case: { job: 'report', fs, shape: 'flat', leftovers },
    runners,
    rounds: runs,
  }));
}
