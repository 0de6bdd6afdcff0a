import { Command } from 'commander';
import { colorOption } from '../../request/shared-options.ts';
import type { CommandContext } from '../command.ts';
import type { DoctorOptions } from './doctor.ts';

const HELP = `
Exit status:
  0    all well; also where there is no CRIU
  1    there is something to do
  2    wrong usage
  3    a check could not be made
  70   a bug in criu-sweep
`;

/** `criu-sweep doctor`. */
export function defineDoctor({ env, end }: CommandContext): Command {
  return new Command('criu-sweep doctor')
    .description("Checks whether this host's CRIU leaves directories, and whether a sweep sees enough here.")
    .usage('[options]')
    .option('--json', 'report in JSON')
    .addOption(colorOption())
    .addHelpText('after', HELP)
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./doctor.ts');
      end(await doctorCommand(options, env));
    });
}
