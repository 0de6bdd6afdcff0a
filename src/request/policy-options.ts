import { type Command, Option } from 'commander';
import { CATALOGUE, MKDTEMP_MODE } from '../criu/catalogue.ts';
import { AGE_STAMPS, type AgeBy, type Policy } from '../model/model.ts';
import { parseDuration } from './duration.ts';
import {
  chooseKinds,
  DEFAULT_AGE,
  DEFAULT_AGE_MS,
  parseExclude,
  parseMaxDepth,
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
