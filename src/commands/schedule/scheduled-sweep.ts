import { Command, CommanderError } from 'commander';
import { type KnownTarget, knownTargets } from '../../criu/known-targets.ts';
import type { Environment } from '../../model/environment.ts';
import { UsageError } from '../../model/usage-error.ts';
import { refuseNames } from '../../output/report-files.ts';
import { refuseSwallowedOption } from '../../request/arguments.ts';
import { knownPlaces } from '../../request/known.ts';
import { parseOwner } from '../../request/policy.ts';
import { prepare } from '../../request/prepare.ts';
import { addSweepOptions, type SweepOptions } from '../../request/sweep-options.ts';
import type { Scheduler } from './schedulers.ts';
import {
  outputsOf,
  refuseSameFile,
  refuseUnsteadyPath,
  refuseUnsteadyWord,
  refuseWrongFile,
} from './steady-words.ts';
import { basesOf, type WritablePath, writablePaths } from './writable-paths.ts';

/** A sweep that a scheduler will start, as root, in any directory. */
export interface ScheduledSweep {
  /** The options and targets, as they were written. */
  readonly args: readonly string[];
  readonly options: SweepOptions;
  /** The paths where it removes directories and writes reports. */
  readonly paths: readonly WritablePath[];
  /** The capabilities(7) that it needs, without `CAP_`. */
  readonly capabilities: readonly Capability[];
  /** Whether `--owner` is a name, for NSS to look up each time. */
  readonly ownerIsName: boolean;
}

export type Capability = 'DAC_OVERRIDE' | 'SYS_PTRACE' | 'FOWNER';

const ROOT = 0;

/**
 * Reads the options and targets of a sweep, and checks them as that sweep would. Left out are the checks that
 * only the host that will run it can make: which files, directories and, in a container's image, users exist.
 *
 * @throws UsageError for what the sweep would refuse, and for what may mean something else on that host
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
  for (const word of args) refuseUnsteadyWord(word);
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
      known: options.known === true ? await knownThere(scheduler) : [],
      outputs: outputs.map(([, path]) => path),
      match: scope.match,
    }),
    capabilities: capabilitiesOf(options),
    ownerIsName,
  };
}

/**
 * The known places of root where the sweep will run. A pod's configuration is not its node's, so roots that
 * this host's moves are meant only where this host runs it.
 */
async function knownThere(scheduler: Scheduler): Promise<readonly KnownTarget[]> {
  const root = { uid: ROOT, home: undefined, env: {} };
  return scheduler === 'kubernetes' ? knownTargets(root) : (await knownPlaces(root)).targets;
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
    .configureOutput({ outputError: () => {} });
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

function capabilitiesOf({ inUse, owner }: SweepOptions): readonly Capability[] {
  const ofOthers = owner !== undefined && owner !== ROOT;
  return [
    'DAC_OVERRIDE',
    ...(inUse ? (['SYS_PTRACE'] as const) : []),
    ...(ofOthers ? (['FOWNER'] as const) : []),
  ];
}
