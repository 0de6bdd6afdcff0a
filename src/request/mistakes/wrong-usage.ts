import type { Command, CommanderError } from 'commander';
import { UsageError } from '../../model/usage-error.ts';
import { anyOf } from './nearest.ts';
import { type OtherCommand, unknownOption } from './unknown-option.ts';

/**
 * The error that commander found, in words that say what would be right.
 *
 * @param args of the command, as they were written
 * @param others the other commands: an option that this one lacks may be theirs
 */
export async function wrongUsage(
  error: CommanderError,
  command: Command,
  args: readonly string[],
  others: () => Promise<readonly OtherCommand[]>,
): Promise<UsageError> {
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(args, command, others);
    case 'commander.missingArgument':
      return missingArgument(command);
    case 'commander.excessArguments':
      return excessArgument(command);
    case 'commander.conflictingOption':
      return new UsageError(`${plainMessage(error)}: write one of them`);
    default:
      return new UsageError(plainMessage(error));
  }
}

function plainMessage({ message }: CommanderError): string {
  return message
    .replace(/^error: /, '')
    .replace(WRONG_CHOICE, '$1 is no $2: write $3')
    .replaceAll('\n', ' ');
}

/** commander's words for an argument that is none of its choices. */
const WRONG_CHOICE =
  /^command-argument value ('.*') is invalid for argument '(\w+)'\. Allowed choices are (.*)\.$/s;

function missingArgument(command: Command): UsageError {
  const missing = command.registeredArguments[command.args.length];
  const choices = missing?.argChoices ?? [];
  const name = missing?.name() ?? 'argument';
  const choose = choices.length > 0 ? `write ${anyOf(choices)}: ` : '';
  return new UsageError(`no ${name}: ${choose}${command.name()} ${command.usage()}`);
}

function excessArgument(command: Command): UsageError {
  const { length } = command.registeredArguments;
  const excess = command.args[length] ?? '';
  const takes = length === 0 ? 'no argument' : length === 1 ? 'one argument' : `${length} arguments`;
  return new UsageError(`'${excess}' is too much: ${command.name()} takes ${takes}`);
}
