import type { Option } from 'commander';

/** Where the options of a command line end, and what comes then. */
export type AfterOptions =
  | { readonly found: 'operand'; readonly index: number; readonly word: string }
  /** `--`, at this index. */
  | { readonly found: 'separator'; readonly index: number }
  /** An option that is not one of these: what follows may be its value or not. */
  | { readonly found: 'unknown'; readonly index: number }
  | { readonly found: 'nothing' };

/** Options that are answered whatever else is written. */
const ANSWERED = ['-h', '--help', '-V', '--version'];

/** Reads a command line up to the first word that is neither an option nor an option's value. */
export function afterOptions(args: readonly string[], options: readonly Option[]): AfterOptions {
  for (let index = 0; index < args.length; ) {
    const word = args[index] ?? '';
    if (word === '--') return { found: 'separator', index };
    if (!isOption(word)) return { found: 'operand', index, word };
    if (ANSWERED.includes(word)) return { found: 'nothing' };
    const size = optionSize(args.slice(index), options);
    if (size === null) return { found: 'unknown', index };
    index += size;
  }
  return { found: 'nothing' };
}

/** A lone dash is an operand, as everywhere. */
function isOption(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}

/** How many words the option at the beginning takes with its values; `null` where there is no such option. */
function optionSize(args: readonly string[], options: readonly Option[]): number | null {
  const [word = ''] = args;
  if (word.startsWith('--')) {
    const [name = ''] = word.split('=', 1);
    const option = options.find(({ long }) => long === name);
    if (option === undefined) return null;
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

/** As commander takes them: a required value whatever it looks like, others while they look like none of its options. */
function valueCount(args: readonly string[], { required, variadic }: Option): number {
  const plain = args.findIndex(isOption);
  const available = plain < 0 ? args.length : plain;
  const count = variadic ? available : Math.min(1, available);
  return required ? Math.min(Math.max(1, count), args.length) : count;
}
