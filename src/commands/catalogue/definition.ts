import { Command } from 'commander';
import { colorOption } from '../../request/shared-options.ts';
import type { CommandContext } from '../command.ts';
import type { CatalogueOptions } from './print-catalogue.ts';

const HELP = `
Exit status:
  0    done
  2    wrong usage
  3    a configuration file, or a directory on the way of a glob, could not be read
  70   a bug in criu-sweep
`;

/** `criu-sweep catalogue`. */
export function defineCatalogue({ env, end }: CommandContext): Command {
  return new Command('criu-sweep catalogue')
    .description('Prints what is ever removed: the kinds of leftovers, and the directories of --known.')
    .usage('[options]')
    .option('--json', 'print JSON')
    .addOption(colorOption())
    .addHelpText('after', HELP)
    .action(async (options: CatalogueOptions) => {
      const { printCatalogue } = await import('./print-catalogue.ts');
      end(await printCatalogue(options, env));
    });
}
