import { type Command, Option } from 'commander';
import { parseDuration } from '../../request/duration.ts';
import { addPolicyOptions, type PolicyOptions } from '../../request/policy-options.ts';
import {
  addFormatOptions,
  addTargetOptions,
  addVerbosityOptions,
  inUseOption,
  maxRuntimeOption,
  type TargetOptions,
} from '../../request/shared-options.ts';

const INSPECT_FORMATS = ['text', 'json'] as const;
export type InspectFormat = (typeof INSPECT_FORMATS)[number];

/** All options of `inspect`, as commander gathers them. */
export interface InspectOptions extends PolicyOptions, TargetOptions {
  readonly check?: boolean;
  readonly format: InspectFormat;
  readonly since?: number;
}

/** Gives `inspect` its options: those of a sweep that make sense where nothing is removed. */
export function addInspectOptions(command: Command): Command {
  addTargetOptions(addPolicyOptions(command), ' (without a target: these alone)')
    .option('-n, --dry-run', 'as it is anyway: inspect changes nothing')
    .option('--check', 'exit 1 when there is a leftover, or a run that failed or was cut off')
    .addOption(
      new Option(
        '--since <duration>',
        'show, and let --check count, only runs that ended within this time',
      ).argParser((text) => parseDuration(text, '--since')),
    );
  addFormatOptions(command, INSPECT_FORMATS)
    .addOption(inUseOption())
    .addOption(maxRuntimeOption('stop after this time, exit 3'));
  return addVerbosityOptions(command, 'show every leftover and whole errors');
}
