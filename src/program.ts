import type { Command } from 'commander';
import { HELP_OPTION } from './commands/help-option.ts';
import { COMMANDS } from './commands/list.ts';
import { defineSweep } from './commands/sweep/definition.ts';
import type { Environment } from './environment.ts';
import { print } from './print.ts';
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
 * Runs what a command line says: the command that its first word names, or a sweep.
 *
 * @param args without the interpreter and the script
 * @param end called with the exit status
 * @throws UsageError and CommanderError for wrong usage; a CommanderError of exit code 0 after help or version
 */
export async function runProgram(
  args: readonly string[],
  env: Environment,
  end: (exitCode: number) => void,
): Promise<void> {
  const sweep = defineSweep({ args, env, commands: COMMANDS, end });
  const name = routeOf(
    args,
    COMMANDS.map((command) => command.name),
    sweep.options,
  );
  const called = COMMANDS.find((command) => command.name === name);
  if (called === undefined) {
    sweep.addHelpText('after', `${commandsHelp()}${EXIT_STATUSES}`);
    await parse(sweep, args);
  } else {
    const define = await called.load();
    const rest = args.slice(1);
    await parse(define({ args: rest, env, commands: COMMANDS, end }), rest);
  }
}

/** What is wrong is thrown, for one place to say it. */
async function parse(command: Command, args: readonly string[]): Promise<void> {
  command
    .helpOption(...HELP_OPTION)
    .configureOutput({ writeOut: print, outputError: () => {}, writeErr: () => {} })
    .exitOverride();
  await command.parseAsync(args, { from: 'user' });
}

function commandsHelp(): string {
  const lines = COMMANDS.map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return `\nCommands, each with a --help of its own:\n${lines.join('\n')}\n`;
}
