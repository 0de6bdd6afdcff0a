import { type Command, CommanderError } from 'commander';
import type { CommandContext, CommandEntry } from '../commands/command.ts';
import { HELP_OPTION } from '../commands/help-option.ts';
import { COMMANDS } from '../commands/list.ts';
import { defineSweep } from '../commands/sweep/definition.ts';
import type { Environment } from '../model/environment.ts';
import { UsageError } from '../model/usage-error.ts';
import { widthOf } from '../output/layout.ts';
import { print } from '../output/print.ts';
import { STDOUT } from '../output/standard-streams.ts';
import { refuseSwallowedOption } from '../request/arguments.ts';
import type { OtherCommand } from '../request/mistakes/unknown-option.ts';
import { fitHelp, helpWidth } from './help-text.ts';
import { routeOf } from './route.ts';

const EXIT_STATUSES = `
Exit status:
  0    done; also when there was nothing to do
  1    only with --check: there is something to remove
  2    wrong usage; nothing was touched
  3    incomplete: something could not be read, removed or written, or the time ran out
  70   a bug in criu-sweep
  130, 143, 129   stopped by SIGINT, SIGTERM, SIGHUP

Examples:
  criu-sweep -n /var/lib/criu              what would be removed
  criu-sweep /var/lib/criu --older-than 1h remove it
  criu-sweep --check --json '/srv/*/dump'  is there anything? with a report
`;

/**
 * Runs a command line: the command that its first word names, or a sweep.
 *
 * @param args without the interpreter and the script
 * @param end called with the exit status
 * @throws UsageError for wrong usage; a CommanderError of exit code 0 after help or version
 */
export async function runProgram(
  args: readonly string[],
  env: Environment,
  end: (exitCode: number) => void,
): Promise<void> {
  const context = (rest: readonly string[]): CommandContext => ({
    args: rest,
    env,
    commands: COMMANDS,
    help: (name) => runProgram([...(name === null ? [] : [name]), '--help'], env, end),
    end,
  });
  const sweep = defineSweep(context(args));
  let called: CommandEntry | undefined;
  try {
    const names = COMMANDS.map(({ name }) => name);
    const name = await routeOf(args, names, sweep.options);
    called = COMMANDS.find((command) => command.name === name);
    if (called === undefined) {
      sweep.addHelpText('after', `${commandsHelp()}${EXIT_STATUSES}`);
      await parse(sweep, args);
    } else {
      const define = await called.load();
      const rest = args.slice(1);
      await parse(define(context(rest)), rest);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(withHelp(error.message, called === undefined ? null : called.name));
  }
}

/** Adds to a message, in the same line, how to get help. */
function withHelp(message: string, name: string | null): string {
  const help = name === null || name === 'help' ? 'criu-sweep --help' : `criu-sweep ${name} --help`;
  return `${message.replace(/\.$/, '')}${message.endsWith('?') ? ' See' : '; see'} ${help}`;
}

/**
 * Parses the command line. Throws what is wrong, so that one place can print it.
 *
 * @throws UsageError, or a CommanderError of exit code 0
 */
async function parse(command: Command, args: readonly string[]): Promise<void> {
  const columns = helpWidth(widthOf(STDOUT));
  command
    .helpOption(...HELP_OPTION)
    .configureOutput({
      writeOut: (text) => print(fitHelp(text, columns)),
      outputError: () => {},
      // commander would ask process.stdout, and that alone makes a shared pipe non-blocking.
      getOutHelpWidth: () => columns,
      getOutHasColors: () => false,
    })
    .exitOverride();
  refuseSwallowedOption(args, command.options);
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    const { wrongUsage } = await import('../request/mistakes/wrong-usage.ts');
    throw await wrongUsage(error, command, args, () => otherCommands(COMMANDS));
  }
}

function commandsHelp(): string {
  const lines = COMMANDS.map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return `\nCommands, each with a --help of its own:\n${lines.join('\n')}\n`;
}

/** All commands with their options. An unknown option may be one of theirs. */
async function otherCommands(commands: readonly CommandEntry[]): Promise<readonly OtherCommand[]> {
  const context = { args: [], env: {}, commands, help: async () => {}, end: () => {} };
  const named = commands.map(async ({ name, load }) => {
    const define = await load();
    return { name: `criu-sweep ${name}`, options: define(context).options };
  });
  const sweep = { name: 'the sweep (criu-sweep --help)', options: defineSweep(context).options };
  return [sweep, ...(await Promise.all(named))];
}
