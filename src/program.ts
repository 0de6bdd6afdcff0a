import { Command } from 'commander';
import { addSweepOptions, type SweepOptions } from './commands/sweep/options.ts';
import { sweepCommand } from './commands/sweep/sweep.ts';
import type { Environment } from './environment.ts';
import { readTool } from './version.ts';

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

/** The command line: every command, its options and its help. */
export function createProgram(env: Environment, end: (exitCode: number) => void): Command {
  const program = new Command('criu-sweep')
    .description(
      'Removes the temporary directories that CRIU left behind: empty, old, of mode 0700, and used by nobody.',
    )
    .usage('[options] <target...>')
    .argument('[target...]', 'directories, or quoted globs of directories, searched at every depth')
    .version(readTool().version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .exitOverride()
    .addHelpText('after', EXIT_STATUSES);
  addSweepOptions(program);
  return program.action(async (targets: string[], options: SweepOptions) => {
    end(await sweepCommand(targets, options, env));
  });
}
