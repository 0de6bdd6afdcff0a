import { Command } from 'commander';
import type { CommandContext } from '../command.ts';

/** `criu-sweep help [command]`. */
export function defineHelp({ commands, help }: CommandContext): Command {
  return new Command('criu-sweep help')
    .description('Shows the help of a command, as its --help does; without one, that of the sweep.')
    .usage('[command]')
    .argument('[command]', 'whose help')
    .action(async (name: string | undefined) => {
      const names = commands.map((command) => command.name);
      if (name === undefined || name === 'help' || names.includes(name))
        return help(name === 'help' ? null : (name ?? null));
      const { noSuchHelp } = await import('../../request/mistakes/no-such-command.ts');
      throw noSuchHelp(name, names);
    });
}
