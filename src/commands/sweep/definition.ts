import { Command } from 'commander';
import { readTool } from '../../package/tool.ts';
import { addSweepOptions, type SweepOptions } from '../../request/sweep-options.ts';
import type { CommandContext } from '../command.ts';
import { sweepCommand } from './sweep-and-report.ts';

/** Defines the sweep, the command without a name. */
export function defineSweep({ env, end }: CommandContext): Command {
  const command = new Command('criu-sweep')
    .description(
      'Removes the temporary directories that CRIU left behind: empty, old, of mode 0700, and used by nobody.',
    )
    .usage('[options] <target...>')
    .argument('[target...]', 'directories, or quoted globs of directories, searched at every depth')
    .version(readTool().version, '-V, --version', 'show the version');
  return addSweepOptions(command).action(async (targets: string[], options: SweepOptions) => {
    end(await sweepCommand(targets, options, env));
  });
}
