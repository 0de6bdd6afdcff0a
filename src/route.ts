import { lstatSync } from 'node:fs';
import { Command, CommanderError, type Option } from 'commander';
import { afterOptions } from './arguments.ts';
import { encode, fsPath } from './bytes.ts';
import { UsageError } from './usage-error.ts';

/**
 * The command that a command line calls, by its first word; `null`: a sweep of the targets that it names.
 *
 * @param names of all commands
 * @param options those of a sweep, to know what is an operand
 * @throws UsageError where a command's name comes after options, and where a bare word names neither
 */
export function routeOf(
  args: readonly string[],
  names: readonly string[],
  options: readonly Option[],
): string | null {
  const first = afterOptions(args, options);
  switch (first.found) {
    case 'nothing':
    case 'separator':
      return null;
    case 'unknown':
      refuseLateCommand(wordsBeforeSeparator(args.slice(first.index)).find((word) => names.includes(word)));
      return null;
    case 'operand':
      if (names.includes(first.word)) {
        if (first.index > 0) refuseLateCommand(first.word);
        return first.word;
      }
      if (isBareWord(first.word) && namesNothing(first.word)) throw mistyped(first.word, names);
      return null;
  }
}

function refuseLateCommand(name: string | undefined): void {
  if (name === undefined) return;
  throw new UsageError(
    `a command comes first, its options after it: criu-sweep ${name} [options] …; a directory of that name is ./${name}`,
  );
}

function wordsBeforeSeparator(args: readonly string[]): readonly string[] {
  const separator = args.indexOf('--');
  return separator < 0 ? args : args.slice(0, separator);
}

/** Letters as a command's name has them, but no path and no glob. */
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

function mistyped(word: string, names: readonly string[]): UsageError {
  const meant = similarTo(word, names) ?? names.join(', ');
  return new UsageError(
    `'${word}' is no command, and nothing here has that name: did you mean ${meant}? (a directory can be written as ./${word})`,
  );
}

/** What commander would suggest, as it does for commands of its own. */
function similarTo(word: string, names: readonly string[]): string | null {
  const program = new Command().exitOverride().configureOutput({ outputError: () => {} });
  for (const name of names) program.command(name);
  try {
    program.parse([word], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return /\(Did you mean (?:one of )?(.*)\?\)/.exec(error.message)?.[1] ?? null;
  }
  return null;
}
