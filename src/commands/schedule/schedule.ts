import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../environment.ts';
import { describeErrno } from '../../errno.ts';
import { EXIT } from '../../exit-code.ts';
import { destinationOf, OutputFile } from '../../output-file.ts';
import { packageFile } from '../../package-file.ts';
import { complain, printResult } from '../../print-result.ts';
import { escapeText } from '../../report/escape.ts';
import { UsageError } from '../../usage-error.ts';
import { readTool } from '../../version.ts';
import { cronFiles } from './cron.ts';
import { splitWords } from './quote.ts';
import type { Schedule, ScheduleFile } from './schedule-file.ts';
import { readScheduledSweep } from './scheduled-sweep.ts';
import type { Scheduler } from './schedulers.ts';
import { systemdFiles } from './systemd.ts';

/** What commander gathers of the options of `schedule`. */
export interface ScheduleOptions {
  /** Milliseconds. */
  readonly every: number;
  readonly outputDir?: string;
  readonly command?: string;
  readonly image?: string;
  readonly namespace?: string;
}

/**
 * `criu-sweep schedule`: prints, or writes into a directory, what makes a sweep run periodically.
 *
 * @returns the exit status
 * @throws UsageError for what the sweep itself would refuse, and for what the scheduler cannot say
 */
export async function scheduleCommand(
  scheduler: Scheduler,
  args: readonly string[],
  options: ScheduleOptions,
  env: Environment,
): Promise<number> {
  refuseClusterOptions(scheduler, options);
  const sweep = await readScheduledSweep(args, env, scheduler);
  const command = options.command === undefined ? ownCommand(scheduler) : splitWords(options.command);
  const schedule = { sweep, command, everyMs: options.every, version: readTool().version };
  const files = await filesFor(scheduler, schedule, options);
  return options.outputDir === undefined ? print(files) : write(files, options.outputDir);
}

function refuseClusterOptions(scheduler: Scheduler, { image, namespace }: ScheduleOptions): void {
  if (scheduler === 'kubernetes') return;
  const written = image !== undefined ? '--image' : namespace !== undefined ? '--namespace' : null;
  if (written !== null) throw new UsageError(`${written}: is for schedule kubernetes, not for ${scheduler}`);
}

/** This Node and this script; in a container image they lie elsewhere, and PATH is the image's own. */
function ownCommand(scheduler: Scheduler): string[] {
  if (scheduler === 'kubernetes') return ['criu-sweep'];
  return [process.execPath, fileURLToPath(packageFile('bin/criu-sweep.js'))];
}

async function filesFor(
  scheduler: Scheduler,
  schedule: Schedule,
  { image, namespace = 'kube-system' }: ScheduleOptions,
): Promise<ScheduleFile[]> {
  switch (scheduler) {
    case 'cron':
      return cronFiles(schedule);
    case 'systemd':
      return systemdFiles(schedule);
    case 'kubernetes': {
      const { kubernetesFiles, parseImage, parseNamespace } = await import('./kubernetes.ts');
      return kubernetesFiles(schedule, { image: parseImage(image), namespace: parseNamespace(namespace) });
    }
  }
}

async function print(files: readonly ScheduleFile[]): Promise<number> {
  return printResult(files.map(({ text }) => text).join('\n'));
}

/** Whoever runs them must be able to read them, and nobody else may write to them. */
const FILE_MODE = 0o644;

async function write(files: readonly ScheduleFile[], directory: string): Promise<number> {
  const destinations = files.map(({ name }) => destinationOf(join(directory, name), '--output-dir'));
  for (const [at, destination] of destinations.entries()) {
    const file = await OutputFile.open(destination, FILE_MODE);
    file.output.add(files[at]?.text ?? '');
    const failure = await file.finish();
    if (failure !== null) {
      await complain(`${destination.named}: ${describeErrno(failure.code)}`);
      return EXIT.incomplete;
    }
  }
  return printResult(files.map(({ name }) => `${escapeText(join(directory, name))}\n`).join(''));
}
