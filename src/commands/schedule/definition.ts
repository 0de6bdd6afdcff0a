import { Argument, Command, Option } from 'commander';
import { parseInterval } from '../../request/duration.ts';
import type { CommandContext } from '../command.ts';
import { type ScheduleOptions, scheduleCommand } from './schedule.ts';
import { SCHEDULERS, type Scheduler } from './schedulers.ts';

const HELP = `
After -- come the options and targets of the sweep, as criu-sweep itself takes them, with absolute paths.

Examples:
  criu-sweep schedule systemd --output-dir /etc/systemd/system -- --known
  criu-sweep schedule cron --every 6h -- /var/lib/criu > /etc/cron.d/criu-sweep
  criu-sweep schedule kubernetes --image registry.example/criu-sweep:1 -- /var/lib/criu /tmp | kubectl apply -f -
`;

const EVERY = '1h';

/** `criu-sweep schedule <cron|systemd|kubernetes> [options] -- <target...>`. */
export function defineSchedule({ env, end }: CommandContext): Command {
  return new Command('criu-sweep schedule')
    .description('Prints what makes a sweep run periodically, for cron, systemd or Kubernetes.')
    .usage('<cron|systemd|kubernetes> [options] -- <target...>')
    .addArgument(new Argument('<scheduler>', 'what is to start the sweep').choices(SCHEDULERS))
    .argument('[sweep...]', 'options and targets of the sweep')
    .addOption(
      new Option('--every <duration>', 'how long from one sweep to the next; cron says only some exactly')
        .default(parseInterval(EVERY, '--every'), EVERY)
        .argParser((text) => parseInterval(text, '--every')),
    )
    .option('--output-dir <dir>', 'write the files there instead of printing them')
    .option('--command <command line>', 'what starts criu-sweep (default: this Node and this script)')
    .option(
      '--image <image>',
      "kubernetes: a container image with criu-sweep on its PATH (default: this release's own)",
    )
    .option('--namespace <namespace>', 'kubernetes: where the pods run (default: kube-system)')
    .addHelpText('after', HELP)
    .action(async (scheduler: Scheduler, sweep: string[], options: ScheduleOptions) => {
      end(await scheduleCommand(scheduler, sweep, options, env));
    });
}
