import type { Command, Option } from 'commander';
import { UsageError } from '../../model/usage-error.ts';
import { readWords } from '../arguments.ts';
import { optionHint } from './hints.ts';
import { anyOf, nearest } from './nearest.ts';

/** Another command, whose options may be meant. */
export interface OtherCommand {
  /** The command as it is written: `criu-sweep inspect`. */
  readonly name: string;
  readonly options: readonly Option[];
}

/**
 * The error for the first option that does not exist.
 *
 * @param others commands it may belong to, loaded only then
 */
export async function unknownOption(
  args: readonly string[],
  { options, registeredArguments }: Command,
  others: () => Promise<readonly OtherCommand[]>,
): Promise<UsageError> {
  const written = firstUnknown(args, options);
  const [name = ''] = written.split('=', 1);
  if (name !== written && options.some(({ long }) => long === name))
    return new UsageError(`unknown option '${written}': ${name} takes no value`);
  const owners = (await others()).filter((other) => longNames(other.options).includes(name));
  const near = name.startsWith('--') ? nearest(name, longNames(options)) : [];
  const hint =
    (VERSION.includes(name) ? 'criu-sweep --version says the version' : null) ??
    hintFor(name, options) ??
    (owners.length > 0 && registeredArguments.some((argument) => argument.name() === 'sweep')
      ? "it is the sweep's own: write it after --"
      : null) ??
    (owners.length > 0 ? `it is one of ${anyOf(owners.map((owner) => owner.name))}` : null) ??
    (near.length > 0 ? `did you mean ${anyOf(near)}?` : null);
  return new UsageError(`unknown option '${written}'${hint === null ? '' : `: ${hint}`}`);
}

/**
 * The hint for an option, or for each of several short ones, if this command has the options that it names.
 */
function hintFor(name: string, options: readonly Option[]): string | null {
  const own = ['-h', '--help', ...options.flatMap(({ short, long }) => [short, long])];
  const letters = /^-[a-z]{2,4}$/i.test(name) ? [...name.slice(1)].map((letter) => `-${letter}`) : [];
  const hints = [name, ...letters]
    .flatMap((option) => optionHint(option) ?? [])
    .filter((hint) => (hint.match(NAMED) ?? []).every((option) => own.includes(option)));
  return hints.length === 0 ? null : hints.join('; ');
}

/** Only the command itself answers these. */
const VERSION = ['-V', '--version'];

/** Options that a text names. */
const NAMED = /(?<![\w-])--?[a-z][a-z-]*/gi;

function longNames(options: readonly Option[]): readonly string[] {
  return ['--help', ...options.flatMap(({ long }) => (long ? [long] : []))];
}

/**
 * The first unknown option, as commander would name it: of several short ones in a word, only the unknown
 * one.
 */
function firstUnknown(args: readonly string[], options: readonly Option[]): string {
  for (const word of readWords(args, options)) {
    if (word.kind !== 'unknown' && word.kind !== 'answered') continue;
    const written = args[word.index] ?? '';
    const letters = [...written.slice(1)];
    const letter = letters.find((each) => !options.some(({ short }) => short === `-${each}`));
    const known = letters[0] !== letter && !written.startsWith('--');
    return known && letter !== undefined ? `-${letter}` : written;
  }
  return '';
}
