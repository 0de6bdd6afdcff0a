import { type Command, Option } from 'commander';
import { FORMATS, type OutputOptions } from '../output/choices.ts';
import { parseInterval } from './duration.ts';
import { parseMaxRemovals } from './policy.ts';
import { addPolicyOptions, type PolicyOptions } from './policy-options.ts';
import {
  addFormatOptions,
  addTargetOptions,
  addVerbosityOptions,
  inUseOption,
  maxRuntimeOption,
  type TargetOptions,
} from './shared-options.ts';

/** The values of all options of a sweep, as commander collects them. */
export interface SweepOptions extends PolicyOptions, TargetOptions, OutputOptions {
  readonly dryRun?: boolean;
  readonly check?: boolean;
  /** Milliseconds. */
  readonly every?: number;
  readonly maxRemovals?: number;
}

/** Adds all options of a sweep. */
export function addSweepOptions(command: Command): Command {
  addTargetOptions(addPolicyOptions(command))
    .option('-n, --dry-run', 'change nothing; say what would be removed')
    .addOption(
      new Option('--check', 'dry run that exits 1 when there is something to remove').conflicts('every'),
    );
  addFormatOptions(command, FORMATS)
    .option('--metrics <file.prom>', "write metrics for node_exporter's textfile collector, mode 0644")
    .addOption(
      new Option(
        '--every <duration>',
        'stay in the foreground and sweep again at this interval, until a signal comes',
      ).argParser((text) => parseInterval(text, '--every')),
    )
    .addOption(inUseOption())
    .addOption(maxRuntimeOption('stop before the next removal after this time, exit 3'))
    .addOption(
      new Option('--max-removals <n>', 'a fuse: stop before removal n+1, exit 3').argParser(parseMaxRemovals),
    );
  return addVerbosityOptions(command);
}
