/** What the benchmark measures, and what it finds. Times in milliseconds, memory in KiB, unless a name says otherwise. */

export const TASKS = [
  'removal',
  'dry-run',
  'deep',
  'deeper',
  'cold',
  'startup',
  'look',
  'report',
  'calls',
] as const;
/** What `--only` can name. */
export type Task = (typeof TASKS)[number];

/** `xfs` and `btrfs`: a loop device of a file on the disk. */
export const FILE_SYSTEMS = ['tmpfs', 'disk', 'xfs', 'btrfs'] as const;
export type FileSystem = (typeof FILE_SYSTEMS)[number];

/** `flat`: all in one directory. `deep` and `deeper`: spread over the directories and files of {@link TREES}. */
export type Shape = 'flat' | keyof typeof TREES;

/** Trees of ordinary directories and ordinary files, and the leftovers spread over them. */
export const TREES = {
  deep: { directories: 22_000, files: 160_000, leftovers: 2_000 },
  deeper: { directories: 220_000, files: 1_600_000, leftovers: 20_000 },
} as const;

/** The look's host: so many more processes live on it, each with so many descriptors, see crowd.c. */
export const CROWD = { processes: 1_000, descriptors: 20 } as const;

/** One contest: the same job, on a tree of the same size, for every contestant that can do it. */
export interface Case {
  readonly job: 'removal' | 'dry-run' | 'startup' | 'look' | 'report';
  readonly fs: FileSystem;
  readonly shape: Shape;
  readonly leftovers: number;
  /** The kernel's caches are dropped before each run; the tool's own files are read again. */
  readonly cold?: true;
}

/** Counts of what lies in a tree: `leftover` should go, `ordinary` is the tree itself, the rest are decoys. */
export const KINDS = ['leftover', 'file', 'mode', 'young', 'notEmpty', 'nearMiss', 'ordinary'] as const;
export type Tally = Readonly<Record<(typeof KINDS)[number], number>>;

/** What one run of one command took, with the children that it waited for. */
export interface Usage {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly maxRssKiB: number;
  /** Exit status; -1 where a signal ended it. */
  readonly exit: number;
  readonly signal: number;
  /** Ended because it took longer than the patience. */
  readonly timedOut: boolean;
}

/** One measured run. */
export interface Sample extends Usage {
  readonly case: Case;
  readonly contestant: string;
  /** From 0; runs of the same round are compared with each other. */
  readonly round: number;
  /** What went, by kind, and lines printed. */
  readonly removed: Tally;
  /** Requests that the disk served meanwhile; 0 on tmpfs. */
  readonly reads: number;
  readonly lines: number;
}

/** System calls of one run by name, as `strace -c -f` counts them. */
export interface CallCount {
  readonly contestant: string;
  readonly job: 'removal' | 'dry-run';
  readonly leftovers: number;
  readonly total: number;
  /** The same command on an empty directory. */
  readonly startup: number;
  readonly byName: Readonly<Record<string, number>>;
}

/** Where it ran. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly load: string;
  /** Kind and mount options of each. */
  readonly fileSystems: Readonly<Partial<Record<FileSystem, string>>>;
}

/** A contestant as the report shows it. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly version: string;
  /** Its command line, on a directory `DIR`. */
  readonly command: string;
  /** What it cannot do of the job; empty where it does all. */
  readonly lacks: string;
}

/** All that one run of the benchmark found: what results.json holds. */
export interface Results {
  readonly machine: Machine;
  /** Command-line options of the benchmark. */
  readonly options: string;
  readonly entries: readonly Entry[];
  readonly missing: readonly string[];
  readonly samples: readonly Sample[];
  readonly calls: readonly CallCount[];
}
