import { type Command, Option } from 'commander';
import type { VerbosityOptions } from '../output/choices.ts';
import { COLOR_CHOICES } from '../output/color-choice.ts';
import { parseInterval } from './duration.ts';

/** The values of the options that a sweep and `inspect` share. */
export interface TargetOptions extends VerbosityOptions {
  readonly known?: boolean;
  readonly ignoreMissing?: boolean;
  readonly report?: string;
  readonly inUse: boolean;
  /** Milliseconds. */
  readonly maxRuntime?: number;
}

const KNOWN_HELP =
  'also the work directories of runc, crun, podman, CRI-O, containerd, Docker, LXC and Incus, and /tmp';

/** Adds the options for the targets. @param knownNote follows the help of `--known` */
export function addTargetOptions(command: Command, knownNote = ''): Command {
  return command
    .option('--known', `${KNOWN_HELP}${knownNote}`)
    .option('--ignore-missing', 'a target that is not there is nothing to do');
}

/** Adds the options for stdout's format and the report file. `--json` sets the format. */
export function addFormatOptions(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(new Option('--format <format>', 'what stdout shows').choices(formats).default('text'))
    .option('--json', 'same as --format json')
    .addOption(reportOption('write the JSON report into a file too, whole or not at all'))
    .on('option:json', () => command.setOptionValueWithSource('format', 'json', 'cli'));
}

/** Adds the options for verbosity and colours. */
export function addVerbosityOptions(
  command: Command,
  verboseHelp = 'say also what was kept, and why',
): Command {
  return command
    .addOption(new Option('-v, --verbose', verboseHelp).conflicts('quiet'))
    .addOption(new Option('-q, --quiet', 'say errors only').conflicts('verbose'))
    .addOption(colorOption());
}

/** `--color`, for every command that prints text. */
export function colorOption(): Option {
  return new Option('--color <when>', 'colour the output').choices(COLOR_CHOICES).default('auto');
}

/** `--report`, the JSON report as a file. */
export function reportOption(help: string): Option {
  return new Option('--report <file>', help);
}

/** `--no-in-use`, for every command that looks who uses a directory. */
export function inUseOption(): Option {
  return new Option('--no-in-use', 'do not look who uses a directory');
}

/** `--max-runtime`, a duration of more than 0, in milliseconds. */
export function maxRuntimeOption(help: string): Option {
  return new Option('--max-runtime <duration>', help).argParser((text) =>
    parseInterval(text, '--max-runtime'),
  );
}
