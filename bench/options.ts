import os from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { FILE_SYSTEMS, type FileSystem, TASKS, type Task } from './model.ts';
import { TOOLS } from './tools.ts';

/** Tasks of some minutes. */
const USUAL = TASKS.filter((task) => task !== 'deeper' && task !== 'cold');

/** What the benchmark is told. */
export interface Options {
  readonly sizes: readonly number[];
  readonly fs: readonly FileSystem[];
  readonly tools: readonly string[] | null;
  readonly runs: number;
  readonly only: readonly Task[];
  readonly command: string;
  readonly peersDir: string | null;
  readonly tmpfsDir: string;
  readonly diskDir: string;
  /** Seconds after which a run is ended, and its tool left out of what is larger. */
  readonly patience: number;
  /** Another Node, which our command is run by too. */
  readonly otherNode: string | null;
  readonly outputDir: string;
  /** The command line, for the report. */
  readonly written: string;
}

/** Reads the command line (`process.argv`); ends the process with a usage message where it is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const options: { value: Options | null } = { value: null };
  new Command('bench')
    .description('Compares criu-sweep with its peers. Installs nothing. Takes a few minutes as it stands.')
    .addOption(list('--sizes <numbers>', 'leftovers in one directory', positive).default([10_000, 100_000]))
    .addOption(
      list('--fs <names>', 'where; xfs and btrfs on loop devices (root)', oneOf(FILE_SYSTEMS)).default([
        'tmpfs',
        'disk',
      ]),
    )
    .addOption(list('--tools <ids>', 'which', oneOf(TOOLS.map(({ id }) => id))).default(null, 'all'))
    .addOption(new Option('--runs <n>', 'rounds of each contest').argParser(positive).default(3))
    .addOption(list('--only <tasks>', `what: ${TASKS.join(', ')}`, oneOf(TASKS)).default(USUAL))
    .option('--command <path>', 'our command', 'bin/criu-sweep.js')
    .option('--peers-dir <dir>', 'where npm installed del-cli and rimraf')
    .option('--tmpfs-dir <dir>', 'a directory on tmpfs', '/dev/shm')
    .option('--disk-dir <dir>', 'a directory on a disk', '/var/tmp')
    .addOption(
      new Option('--patience <seconds>', 'end what takes longer, and leave it out of larger cases')
        .argParser(positive)
        .default(20),
    )
    .option('--other-node <path>', 'another Node, to run our command by as well, side by side')
    .option('--output-dir <dir>', 'for results.md, chart.svg and results.json', 'bench/results')
    .addHelpText('after', `\nTools: ${TOOLS.map(({ id }) => id).join(', ')}\nCores here: ${os.cpus().length}`)
    .action((value: Options) => {
      options.value = {
        ...value,
        peersDir: value.peersDir ?? null,
        otherNode: value.otherNode ?? null,
        sizes: [...value.sizes].sort((a, b) => a - b),
        written: argv.slice(2).join(' '),
      };
    })
    .parse([...argv]);
  if (!options.value) throw new Error('commander called no action');
  return options.value;
}

function list<T>(flags: string, description: string, parse: (word: string) => T): Option {
  return new Option(flags, `${description}, comma-separated`).argParser((text) => text.split(',').map(parse));
}

function oneOf<T extends string>(values: readonly T[]): (word: string) => T {
  return (word) => {
    const value = values.find((candidate) => candidate === word);
    if (value === undefined) throw new InvalidArgumentError(`One of: ${values.join(', ')}.`);
    return value;
  };
}

function positive(word: string): number {
  const value = /^\d[\d_]*$/.test(word) ? Number(word.replaceAll('_', '')) : 0;
  if (value === 0) throw new InvalidArgumentError('A whole number above 0.');
  return value;
}
