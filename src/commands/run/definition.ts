import { Command, Option } from 'commander';
import { UsageError } from '../../model/usage-error.ts';
import { afterOptions } from '../../request/arguments.ts';
import { addKindOptions } from '../../request/policy-options.ts';
import { addVerbosityOptions, inUseOption, reportOption } from '../../request/shared-options.ts';
import type { CommandContext } from '../command.ts';
import { type RunOptions, runCommand } from './run.ts';

const HELP = `
Without --work-dir the directories are watched in which CRIU works for this command: those that the command line names (criu, runc, crun, youki, lxc-checkpoint, also behind sudo and the like), that CRIU's configuration files name, that podman, docker, nerdctl, ctr, crictl, kubectl, lxc or incus use, and those in which a living criu below the command is seen; else the current directory. /tmp always is, for what CRIU makes there. Own entries only, and only those that were not there before.

SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 are passed on to the command.

Exit status:
  that of the command, or the same signal
  2     wrong usage; nothing was started
  126   the command could not be started
  127   the command was not found
A sweep's own trouble is said on stderr and in the report.

Examples:
  criu-sweep run -- criu dump -t 4711 -D /var/lib/criu/4711 -o dump.log -v4
  criu-sweep run -- sudo podman container checkpoint web
  criu-sweep run -- ./checkpoint-all.sh
`;

/** `criu-sweep run [options] -- <command...>`. */
export function defineRun({ args, env, end }: CommandContext): Command {
  const command = new Command('criu-sweep run')
    .description(
      'Runs a command, then removes the temporary directories of CRIU that appeared, however it ended.',
    )
    .usage('[options] -- <command...>')
    .argument('[command...]', 'what to run, with its arguments')
    .passThroughOptions()
    .addOption(
      new Option('--work-dir <dir...>', 'watch this directory instead (repeatable)').default(
        [],
        'where CRIU works',
      ),
    )
    .addOption(reportOption('write a JSON report, of the command and the sweep, whole or not at all'));
  addKindOptions(command).addOption(inUseOption());
  addVerbosityOptions(command).addHelpText('after', HELP);
  return command.action(async (words: string[], options: RunOptions) => {
    requireSeparator(args, command);
    end(await runCommand(words, options, env));
  });
}

/** @throws UsageError where the command does not stand after `--` */
function requireSeparator(args: readonly string[], { options }: Command): void {
  const after = afterOptions(args, options);
  if (after.kind === 'separator' && after.index + 1 < args.length) return;
  const words = after.kind === 'operand' ? args.slice(after.index).join(' ') : 'criu dump …';
  const missing = after.kind === 'operand' ? 'the command stands after --' : 'no command';
  throw new UsageError(`${missing}: criu-sweep run [options] -- ${words}`);
}
