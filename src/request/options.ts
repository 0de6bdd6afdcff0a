import { type Command, Option } from 'commander';
import { CATALOGUE, MKDTEMP_MODE } from '../criu/catalogue.ts';
import { AGE_STAMPS, type AgeBy, type Policy } from '../model/model.ts';
import { FORMATS, type OutputOptions } from '../output/choices.ts';
import { COLOR_CHOICES } from '../output/terminal.ts';
import { parseDuration, parseInterval } from './duration.ts';
import {
  chooseKinds,
  DEFAULT_AGE,
  DEFAULT_AGE_MS,
  parseExclude,
  parseMaxDepth,
  parseMaxRemovals,
  parseMode,
  parseOwner,
  parsePrefix,
} from './policy.ts';

/** The values of the options of {@link addKindOptions}, as commander collects them. */
export interface KindOptions {
  readonly prefix: readonly string[];
  readonly owner?: number | 'any';
  readonly mode?: number | 'any';
}

/** The values of the options that say which directories may be removed. */
export interface PolicyOptions extends KindOptions {
  readonly olderThan: number;
  readonly ageBy: AgeBy;
  readonly maxDepth?: number;
  readonly exclude: readonly string[];
  readonly crossDevice?: boolean;
}

/** All options of a sweep. */
export interface SweepOptions extends PolicyOptions, OutputOptions {
  readonly known?: boolean;
  readonly ignoreMissing?: boolean;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  /** Milliseconds. */
  readonly every?: number;
  readonly inUse: boolean;
  readonly maxRuntime?: number;
  readonly maxRemovals?: number;
}

/** What `--known` says in every command's help. */
export const KNOWN_HELP =
  'also the work directories of runc, crun, podman, CRI-O, containerd, Docker, LXC and Incus, and /tmp';

/** The help of `--ignore-missing`, the same for every command. */
export const IGNORE_MISSING_HELP = 'a target that is not there is nothing to do';

/** Adds the options that say which directories are meant: their names, owner and mode. */
export function addKindOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--prefix <prefix>', "look for these prefixes instead of CRIU's (repeatable)")
        .default([], "CRIU's own")
        .argParser((text, before: readonly string[]) => [...before, parsePrefix(text)]),
    )
    .addOption(
      new Option(
        '--owner <name|uid|any>',
        'whose directories: a name, a uid, or any (default: the effective user)',
      ).argParser(parseOwner),
    )
    .addOption(
      new Option(
        '--mode <octal|any>',
        'their mode, all twelve bits (default: the one CRIU gives, 0700)',
      ).argParser(parseMode),
    );
}

/** Adds the options that say which directories may be removed. */
export function addPolicyOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        '--older-than <duration>',
        'remove only what is older: 90s, 1.5h, 2d, 1h30m; units ms s m h d w',
      )
        .default(DEFAULT_AGE_MS, DEFAULT_AGE)
        .argParser((text) => parseDuration(text, '--older-than')),
    )
    .addOption(
      new Option(
        '--age-by <stamp>',
        'the time stamp that age is counted from; newest: the latest of the three',
      )
        .choices(AGE_STAMPS)
        .default('mtime'),
    );
  return addKindOptions(command)
    .addOption(
      new Option('--max-depth <n>', "how deep to look; 1: only the target's own entries").argParser(
        parseMaxDepth,
      ),
    )
    .addOption(
      new Option(
        '--exclude <glob>',
        'leave alone what matches below the target, and do not enter it (repeatable)',
      )
        .default([], 'nothing')
        .argParser((text, before: readonly string[]) => [...before, parseExclude(text)]),
    )
    .option(
      '--cross-device',
      'enter other file systems and bind mounts too; never proc, sysfs, cgroup or autofs',
    );
}

/** Adds the options for verbosity and colours. */
export function addVerbosityOptions(command: Command): Command {
  return command
    .addOption(new Option('-v, --verbose', 'say also what was kept, and why').conflicts('quiet'))
    .addOption(new Option('-q, --quiet', 'say errors only').conflicts('verbose'))
    .addOption(new Option('--color <when>', 'colour the output').choices(COLOR_CHOICES).default('auto'));
}

/** Adds all options of a sweep. */
export function addSweepOptions(command: Command): Command {
  addPolicyOptions(command)
    .option('--known', KNOWN_HELP)
    .option('--ignore-missing', IGNORE_MISSING_HELP)
    .option('-n, --dry-run', 'change nothing; say what would be removed')
    .addOption(
      new Option('--check', 'dry run that exits 1 when there is something to remove').conflicts('every'),
    )
    .addOption(new Option('--format <format>', 'what stdout shows').choices(FORMATS).default('text'))
    .option('--json', 'same as --format json')
    .option('--report <file>', 'write the JSON report into a file too, whole or not at all')
    .option('--metrics <file.prom>', "write metrics for node_exporter's textfile collector, mode 0644")
    .addOption(
      new Option(
        '--every <duration>',
        'stay in the foreground and sweep again at this interval, until a signal comes',
      ).argParser((text) => parseInterval(text, '--every')),
    )
    .option('--no-in-use', 'do not look who uses a directory')
    .addOption(
      new Option(
        '--max-runtime <duration>',
        'stop before the next removal after this time, exit 3',
      ).argParser((text) => parseInterval(text, '--max-runtime')),
    )
    .addOption(
      new Option('--max-removals <n>', 'a fuse: stop before removal n+1, exit 3').argParser(parseMaxRemovals),
    );
  return addVerbosityOptions(command).on('option:json', () =>
    command.setOptionValueWithSource('format', 'json', 'cli'),
  );
}

/**
 * The policy that the options describe.
 *
 * @param uid the effective user, whose directories are meant by default
 */
export function policyOf(options: PolicyOptions, uid: number): Policy {
  return {
    ...kindPolicyOf(options, uid),
    olderThanMs: options.olderThan,
    ageBy: options.ageBy,
    maxDepth: options.maxDepth ?? null,
    crossDevice: options.crossDevice ?? false,
    exclude: options.exclude,
  };
}

/** The part of a policy that the options of {@link addKindOptions} describe. */
export function kindPolicyOf(options: KindOptions, uid: number): Pick<Policy, 'kinds' | 'owner' | 'mode'> {
  return {
    kinds: chooseKinds(CATALOGUE, options.prefix, options.mode),
    owner: anyAsNull(options.owner ?? uid),
    mode: anyAsNull(options.mode ?? MKDTEMP_MODE),
  };
}

function anyAsNull(value: number | 'any'): number | null {
  return value === 'any' ? null : value;
}
