import { Command, CommanderError } from 'commander';
import { isExact } from '../../bytes.ts';
import type { Environment } from '../../environment.ts';
import { UsageError } from '../../usage-error.ts';
import { filesOf } from '../sweep/files.ts';
import { addSweepOptions, type SweepOptions } from '../sweep/options.ts';
import { effectiveUser, prepare } from '../sweep/prepare.ts';
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
 * Takes what was written for a sweep's options and targets, and checks it as that sweep would.
 *
 * @throws UsageError for what the sweep would refuse, and for what means something else where it will run
 */
export async function readScheduledSweep(args: readonly string[], env: Environment): Promise<ScheduledSweep> {
  const { targets, options, ownerIsName } = parse(args);
  if (options.every !== undefined)
    throw new UsageError(
      "--every: the interval is schedule's own option: write it before --, as in criu-sweep schedule cron --every 1h -- /var/lib/criu",
    );
  for (const word of args) refuseGarbled(word);
  for (const path of targets) refuseUnsteadyPath(path, basesOf(path));
  for (const path of outputsOf(options)) refuseUnsteadyPath(path, [path]);
  const { scope } = await prepare(targets, options, env);
  if (effectiveUser() === ROOT) filesOf(options, env);
  return {
    args,
    options,
    paths: writablePaths({
      targets,
      known: options.known ?? false,
      outputs: outputsOf(options),
      match: scope.match,
    }),
    capabilities: capabilitiesOf(options),
    ownerIsName,
  };
}

interface Parsed extends Pick<ScheduledSweep, 'options' | 'ownerIsName'> {
  readonly targets: readonly string[];
}

function parse(args: readonly string[]): Parsed {
  const command = new Command('criu-sweep').argument('[target...]').helpOption(false);
  let ownerIsName = false;
  addSweepOptions(command)
    .on('option:owner', (written: string) => {
      ownerIsName = !/^(\d+|any)$/.test(written);
    })
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`the sweep after --: ${error.message.replace(/^error: /, '')}`);
  }
  return { targets: command.args, options: command.opts<SweepOptions>(), ownerIsName };
}

function outputsOf({ report, metrics }: SweepOptions): readonly string[] {
  return [report, metrics].filter((path) => path !== undefined);
}

/** A relative path is another one where the sweep will run, and `..` is one where links have changed. */
function refuseUnsteadyPath(path: string, bases: readonly string[]): void {
  if (path === '') return;
  if (bases.length === 0 || !bases.every((base) => base.startsWith('/')))
    throw new UsageError(
      `'${path}' is relative, and a scheduled sweep starts in another directory: write it absolute`,
    );
  if (path.split('/').includes('..')) throw new UsageError(`'${path}': write it without '..'`);
}

/** Units and crontabs are UTF-8. */
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
