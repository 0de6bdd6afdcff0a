import { Command, CommanderError } from 'commander';
import { isExact } from '../../linux/bytes.ts';
import type { Environment } from '../../model/environment.ts';
import { UsageError } from '../../model/usage-error.ts';
import { bothName, refuseNames } from '../../output/report-files.ts';
import { refuseSwallowedOption } from '../../request/arguments.ts';
import { parseOwner } from '../../request/policy.ts';
import { prepare } from '../../request/prepare.ts';
import { addSweepOptions, type SweepOptions } from '../../request/sweep-options.ts';
import type { Scheduler } from './schedulers.ts';
import { basesOf, type WritablePath, writablePaths } from './writable-paths.ts';

/** A sweep that is to run by itself, as root, from anywhere. */
export interface ScheduledSweep {
  /** Options and targets as they were written. */
  readonly args: readonly string[];
  readonly options: SweepOptions;
  /** Where it removes directories and writes reports. */
  readonly paths: readonly WritablePath[];
  /** Names of capabilities(7), without `CAP_`, that it needs of all that root has. */
  readonly capabilities: readonly Capability[];
  /** Whether `--owner` is a name, for NSS to look up each time. */
  readonly ownerIsName: boolean;
}

export type Capability = 'DAC_OVERRIDE' | 'SYS_PTRACE' | 'FOWNER';

const ROOT = 0;

/**
 * Takes what was written for a sweep's options and targets, and checks it as that sweep would, but for what only the
 * host that will run it can tell: which files and directories are there, and in a container's image which users.
 *
 * @throws UsageError for what the sweep would refuse, and for what means something else where it will run
 */
export async function readScheduledSweep(
  args: readonly string[],
  env: Environment,
  scheduler: Scheduler,
): Promise<ScheduledSweep> {
  const { targets, options, ownerIsName } = await parse(args, scheduler);
  if (options.every !== undefined)
    throw new UsageError(
      "--every: the interval is schedule's own option: write it before --, as in criu-sweep schedule cron --every 1h -- /var/lib/criu",
    );
  if (targets.length === 0 && options.known !== true)
    throw new UsageError(
      `no target: name a directory, as in criu-sweep schedule ${scheduler} -- /var/lib/criu, or --known there`,
    );
  for (const word of args) refuseGarbled(word);
  for (const path of targets) refuseUnsteadyPath(path, basesOf(path));
  const outputs = outputsOf(options);
  refuseNames(options);
  for (const [option, path] of outputs) refuseWrongFile(option, path);
  refuseSameFile(outputs);
  const { scope } = await prepare(targets, options, env);
  return {
    args,
    options,
    paths: writablePaths({
      targets,
      known: options.known ?? false,
      outputs: outputs.map(([, path]) => path),
      match: scope.match,
    }),
    capabilities: capabilitiesOf(options),
    ownerIsName,
  };
}

interface Parsed extends Pick<ScheduledSweep, 'options' | 'ownerIsName'> {
  readonly targets: readonly string[];
}

async function parse(args: readonly string[], scheduler: Scheduler): Promise<Parsed> {
  const command = new Command('criu-sweep').argument('[target...]').helpOption(false);
  let ownerIsName = false;
  addSweepOptions(command)
    .on('option:owner', (written: string) => {
      ownerIsName = !/^(\d+|any)$/.test(written);
    })
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} });
  if (scheduler === 'kubernetes')
    command.options.find(({ long }) => long === '--owner')?.argParser(parseOwnerElsewhere);
  try {
    refuseSwallowedOption(args, command.options);
    command.parse(args, { from: 'user' });
  } catch (error) {
    const wrong = error instanceof CommanderError ? await inWords(error, command, args) : error;
    if (!(wrong instanceof UsageError)) throw wrong;
    throw new UsageError(`the sweep after --: ${wrong.message}`);
  }
  return { targets: command.args, options: command.opts<SweepOptions>(), ownerIsName };
}

async function inWords(
  error: CommanderError,
  command: Command,
  args: readonly string[],
): Promise<UsageError> {
  const { wrongUsage } = await import('../../request/mistakes/wrong-usage.ts');
  return wrongUsage(error, command, args, async () => []);
}

/** Parses the value of `--owner` for another host, which may know a user that this host does not. */
function parseOwnerElsewhere(text: string): number | 'any' {
  if (!/^[a-z_][a-z0-9_.-]*\$?$/i.test(text) || text === 'any') return parseOwner(text);
  return text === 'root' ? ROOT : 'any';
}

function outputsOf({ report, metrics }: SweepOptions): (readonly [option: string, path: string])[] {
  const written = [['--report', report] as const, ['--metrics', metrics] as const];
  return written.flatMap(([option, path]) =>
    path === undefined || path === '-' ? [] : [[option, path] as const],
  );
}

/**
 * Refuses a file by its path alone. Only the host that will run the sweep can tell whether its directory
 * exists.
 */
function refuseWrongFile(option: string, path: string): void {
  if (path === '') throw new UsageError(`${option}: is empty: name a file`);
  if (path.endsWith('/')) throw new UsageError(`${option}: ${path}: is a directory's name: name a file`);
  refuseUnsteadyPath(path, [path]);
}

/** Refuses the same file for two reports: they would replace each other. */
function refuseSameFile(outputs: readonly (readonly [string, string])[]): void {
  const [[, first] = [], [, second] = []] = outputs;
  if (first !== undefined && first === second) throw bothName(first);
}

/**
 * Refuses a path that may mean another place where the sweep will run: a relative one, or one with `..`,
 * because links may differ.
 */
function refuseUnsteadyPath(path: string, bases: readonly string[]): void {
  if (path === '') return;
  if (bases.length === 0 || !bases.every((base) => base.startsWith('/')))
    throw new UsageError(
      `'${path}' is relative, and a scheduled sweep starts in another directory: write it absolute`,
    );
  if (path.split('/').includes('..')) throw new UsageError(`'${path}': write it without '..'`);
}

/** Refuses words that are not UTF-8, as units and crontabs are. */
function refuseGarbled(word: string): void {
  if (!isExact(word))
    throw new UsageError(
      `'${word}' is not UTF-8, and cannot be written into a file: name the directory above it`,
    );
}

function capabilitiesOf({ inUse, owner }: SweepOptions): readonly Capability[] {
  const ofOthers = owner !== undefined && owner !== ROOT;
  return [
    'DAC_OVERRIDE',
    ...(inUse ? (['SYS_PTRACE'] as const) : []),
    ...(ofOthers ? (['FOWNER'] as const) : []),
  ];
}
