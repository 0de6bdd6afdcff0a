import { lstatSync } from 'node:fs';
import type { Option } from 'commander';
import { encode, fsPath } from '../linux/bytes.ts';
import { UsageError } from '../model/usage-error.ts';
import { readWords } from '../request/arguments.ts';

/**
 * The command that a command line calls, by its first word; `null`: a sweep of the targets that it names.
 *
 * @param names of all commands
 * @param options the options of a sweep, to tell operands from their values
 * @throws UsageError if a command's name comes too late, if a bare word is neither a command nor anything
 *   that exists, and if a word begins with another dash than options do
 */
export async function routeOf(
  args: readonly string[],
  names: readonly string[],
  options: readonly Option[],
): Promise<string | null> {
  const [command = ''] = args;
  if (names.includes(command)) return command;
  let isFirst = true;
  for (const found of readWords(args, options)) {
    if (found.kind === 'answered' || found.kind === 'separator') return null;
    if (found.kind === 'unknown') {
      refuseLateCommand(wordsBeforeSeparator(args.slice(found.index)).find((word) => names.includes(word)));
      return null;
    }
    if (found.kind !== 'operand') continue;
    const { word, index } = found;
    if (isFirst && names.includes(word)) refuseLateCommand(word);
    if (isBareWord(word) && namesNothing(word)) {
      refuseOtherDash(word);
      if (names.includes(word)) refuseLateCommand(word);
      if (isFirst) throw await noSuchCommand(word, names, args.slice(index + 1));
    }
    isFirst = false;
  }
  return null;
}

function refuseLateCommand(name: string | undefined): void {
  if (name === undefined) return;
  throw new UsageError(
    `a command comes first, its options after it: criu-sweep ${name} [options] …; a directory of that name is ./${name}`,
  );
}

/** The dashes that a text processor makes of a hyphen (Unicode's category Pd, and the minus sign). */
const OTHER_DASH = /^[\p{Pd}\u2212]+/u;

function refuseOtherDash(word: string): void {
  const dash = OTHER_DASH.exec(word)?.[0] ?? '-';
  const rest = word.slice(dash.length);
  if (dash.startsWith('-') || rest === '') return;
  const code = dash.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  const option = `${rest.length === 1 ? '-' : '--'}${rest}`;
  throw new UsageError(
    `'${word}' begins with another dash (U+${code}) than options do: write ${option} (or ./${word})`,
  );
}

function wordsBeforeSeparator(args: readonly string[]): readonly string[] {
  const separator = args.indexOf('--');
  return separator < 0 ? args : args.slice(0, separator);
}

/** Whether a word could be a command's name: no path and no glob. */
function isBareWord(word: string): boolean {
  return /^[^/*?[\]{}()!+@\\]+$/.test(word) && word !== '.' && word !== '..';
}

function namesNothing(word: string): boolean {
  try {
    return lstatSync(fsPath(encode(word)), { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

async function noSuchCommand(
  word: string,
  names: readonly string[],
  rest: readonly string[],
): Promise<UsageError> {
  const mistakes = await import('../request/mistakes/no-such-command.ts');
  return mistakes.noSuchCommand(word, names, rest);
}
