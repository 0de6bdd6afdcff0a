import type { Option } from 'commander';
import { UsageError } from '../model/usage-error.ts';

/** The end of a command line's options, and what comes then. */
export type AfterOptions =
  | { readonly kind: 'operand'; readonly index: number; readonly word: string }
  /** `--`, at this index. */
  | { readonly kind: 'separator'; readonly index: number }
  /** An option that is not one of these. The next word may be its value or not. */
  | { readonly kind: 'unknown'; readonly index: number }
  | { readonly kind: 'nothing' };

/** Options that are answered whatever else is written. */
const ANSWERED = ['-h', '--help', '-V', '--version'];

/** A word of a command line, or an option with its value. */
export type Word =
  | Exclude<AfterOptions, { readonly kind: 'nothing' }>
  /** One of these options, or several short ones in a word; `value`: the next word, if that is its value. */
  | { readonly kind: 'option'; readonly index: number; readonly value: string | null }
  /** An option that is answered whatever else is written. */
  | { readonly kind: 'answered'; readonly index: number };

/**
 * Reads a command line word by word, as commander does, up to `--`. The word after an unknown option may be
 * its value.
 */
export function* readWords(args: readonly string[], options: readonly Option[]): Generator<Word, void> {
  for (let index = 0; index < args.length; ) {
    const word = args[index] ?? '';
    if (word === '--') return yield { kind: 'separator', index };
    const size = isOption(word) ? optionSize(args.slice(index), options) : null;
    if (!isOption(word)) yield { kind: 'operand', index, word };
    else if (ANSWERED.includes(word)) yield { kind: 'answered', index };
    else if (size === null) yield { kind: 'unknown', index };
    else yield { kind: 'option', index, value: size === 2 ? (args[index + 1] ?? null) : null };
    index += size ?? 1;
  }
}

/** Reads a command line up to the first word that is neither an option nor an option's value. */
export function afterOptions(args: readonly string[], options: readonly Option[]): AfterOptions {
  for (const word of readWords(args, options)) {
    if (word.kind === 'answered') return { kind: 'nothing' };
    if (word.kind !== 'option') return word;
  }
  return { kind: 'nothing' };
}

/**
 * Refuses an option as the value of another option. commander would accept it: `--report -n DIR` would be no
 * dry run.
 *
 * @throws UsageError
 */
export function refuseSwallowedOption(args: readonly string[], options: readonly Option[]): void {
  const names = [...ANSWERED, ...options.flatMap(({ short, long }) => [short, long])];
  for (const word of readWords(args, options)) {
    if (word.kind !== 'option' || word.value === null) continue;
    const option = args[word.index] ?? '';
    if (word.value === '--') throw new UsageError(`${option}: its value is missing: write it before --`);
    if (names.includes(word.value))
      throw new UsageError(
        `${option}: its value is missing, and '${word.value}' is an option itself (as a value it is written ${option}=${word.value})`,
      );
  }
}

/** Whether a word is an option. A lone dash is an operand, as everywhere. */
function isOption(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}

/** The number of words of the option at the beginning, with its values; `null` if there is no such option. */
function optionSize(args: readonly string[], options: readonly Option[]): number | null {
  const [word = ''] = args;
  if (word.startsWith('--')) {
    const [name = ''] = word.split('=', 1);
    const option = options.find(({ long }) => long === name);
    if (option === undefined || (!takesValue(option) && name !== word)) return null;
    return takesValue(option) && name === word ? 1 + valueCount(args.slice(1), option) : 1;
  }
  const option = options.find(({ short }) => short === word.slice(0, 2));
  if (option === undefined) return null;
  if (word.length === 2) return takesValue(option) ? 1 + valueCount(args.slice(1), option) : 1;
  return takesValue(option) ? 1 : optionSize([`-${word.slice(2)}`, ...args.slice(1)], options);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/**
 * The number of values, as commander takes them: a required value whatever it looks like, others as long as
 * they do not look like an option.
 */
function valueCount(args: readonly string[], { required, variadic }: Option): number {
  const plain = args.findIndex(isOption);
  const available = plain < 0 ? args.length : plain;
  const count = variadic ? available : Math.min(1, available);
  return required ? Math.min(Math.max(1, count), args.length) : count;
}
