import { UsageError } from '../../model/usage-error.ts';
import { commandHint } from './hints.ts';
import { anyOf, nearest } from './nearest.ts';

/**
 * The error for a bare word that is neither a command nor anything that exists.
 *
 * @param rest the words after it
 */
export function noSuchCommand(word: string, names: readonly string[], rest: readonly string[]): UsageError {
  const hint = commandHint(word, rest);
  const directory = `(a directory can be written as ./${word})`;
  if (hint !== null) return new UsageError(`'${word}' is no command: ${hint} ${directory}`);
  const like = nearest(word, names);
  const meant = like.length > 0 ? anyOf(like) : anyOf(names);
  return new UsageError(
    `'${word}' is no command, and nothing here has that name: did you mean ${meant}? ${directory}`,
  );
}

/** The error for help on a command that does not exist. */
export function noSuchHelp(word: string, names: readonly string[]): UsageError {
  const like = nearest(word, names);
  const meant = anyOf(like.length > 0 ? like : names);
  return new UsageError(`help: '${word}' is no command: did you mean ${meant}?`);
}
