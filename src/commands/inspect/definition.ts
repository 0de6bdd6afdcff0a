import { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { addInspectOptions, type InspectOptions } from './inspect-options.ts';

const HELP = `
Exit status:
  0    done
  1    only with --check: there is a leftover, or a run among those shown that failed or was cut off
  2    wrong usage; nothing was looked at
  3    incomplete: something could not be read or written, or the time ran out
  70   a bug in criu-sweep
  130, 143, 129   stopped by SIGINT, SIGTERM, SIGHUP

Examples:
  criu-sweep inspect                          the work directories of all known runtimes, and /tmp
  criu-sweep inspect /var/lib/criu -v         one place, with every leftover
  criu-sweep inspect --check -q --since 1d    for monitoring: only the exit status, of the last day
`;

/** `criu-sweep inspect`. */
export function defineInspect({ env, end }: CommandContext): Command {
  const command = new Command('criu-sweep inspect')
    .description('Shows what CRIU left, by which of its runs, and what a sweep would do. Changes nothing.')
    .usage('[options] [target...]')
    .argument('[target...]', 'directories, or quoted globs of directories (default: --known)')
    .addHelpText('after', HELP);
  return addInspectOptions(command).action(async (targets: string[], options: InspectOptions) => {
    const { inspectCommand } = await import('./inspect.ts');
    end(await inspectCommand(targets, options, env));
  });
}
