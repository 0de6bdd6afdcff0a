import { type Command, Option } from 'commander';
import { COLOR_CHOICES, type ColorChoice } from '../../output/terminal.ts';
import { parseDuration, parseInterval } from '../../request/duration.ts';
import {
  addPolicyOptions,
  IGNORE_MISSING_HELP,
  KNOWN_HELP,
  type PolicyOptions,
} from '../../request/options.ts';

export const INSPECT_FORMATS = ['text', 'json'] as const;
export type InspectFormat = (typeof INSPECT_FORMATS)[number];

/** All options of `inspect`, as commander gathers them. */
export interface InspectOptions extends PolicyOptions {
  readonly known?: boolean;
  readonly ignoreMissing?: boolean;
  readonly check?: boolean;
  readonly format: InspectFormat;
  readonly report?: string;
  readonly since?: number;
  readonly inUse: boolean;
  readonly maxRuntime?: number;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly color: ColorChoice;
}

/** Gives `inspect` its options: those of a sweep that make sense where nothing is removed. */
export function addInspectOptions(command: Command): Command {
  return addPolicyOptions(command)
    .option('--known', `${KNOWN_HELP} (without a target: these alone)`)
    .option('--ignore-missing', IGNORE_MISSING_HELP)
    .option('-n, --dry-run', 'as it is anyway: inspect changes nothing')
    .option('--check', 'exit 1 when there is a leftover, or a run that failed or was cut off')
    .addOption(new Option('--format <format>', 'what stdout shows').choices(INSPECT_FORMATS).default('text'))
    .option('--json', 'same as --format json')
    .option('--report <file>', 'write the JSON report into a file too, whole or not at all')
    .addOption(
      new Option(
        '--since <duration>',
        'show, and let --check count, only runs that ended within this time',
      ).argParser((text) => parseDuration(text, '--since')),
    )
    .option('--no-in-use', 'do not look who uses a directory')
    .addOption(
      new Option('--max-runtime <duration>', 'stop after this time, exit 3').argParser((text) =>
        parseInterval(text, '--max-runtime'),
      ),
    )
    .addOption(new Option('-v, --verbose', 'show every leftover and whole errors').conflicts('quiet'))
    .addOption(new Option('-q, --quiet', 'say errors only').conflicts('verbose'))
    .addOption(new Option('--color <when>', 'colour the output').choices(COLOR_CHOICES).default('auto'))
    .on('option:json', () => command.setOptionValueWithSource('format', 'json', 'cli'));
}
