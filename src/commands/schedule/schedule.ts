import { join } from 'node:path';
import type { Environment } from '../../model/environment.ts';
import { EXIT } from '../../model/exit-code.ts';
import { UsageError } from '../../model/usage-error.ts';
import { type Destination, destinationOf } from '../../output/destination.ts';
import { failureText } from '../../output/loss.ts';
import { OutputFile } from '../../output/output-file.ts';
import { complain, printResult } from '../../output/print-result.ts';
import { refuseStream } from '../../output/regular-file.ts';
import { ownCommand } from '../../package/own-command.ts';
import { ownImage } from '../../package/own-image.ts';
import { readTool } from '../../package/tool.ts';
import { escapeText } from '../../report/escape.ts';
import { StartingPlace } from '../../request/starting-place.ts';
import { splitWords } from './command-words.ts';
import { cronFiles } from './cron.ts';
import type { Schedule, ScheduleFile } from './schedule-file.ts';
import { readScheduledSweep } from './scheduled-sweep.ts';
import type { Scheduler } from './schedulers.ts';
import { systemdFiles } from './systemd.ts';

/** The options of `schedule`, as commander collects them. */
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
  const { outputDir } = options;
  if (outputDir === '') throw new UsageError('--output-dir: is empty: name a directory');
  // A walk through globs and known places does not end where it began.
  const start = new StartingPlace(outputDir === undefined ? [] : [outputDir]);
  const sweep = await readScheduledSweep(args, env, scheduler);
  const command = options.command === undefined ? commandIn(scheduler) : splitWords(options.command);
  const schedule = { sweep, command, everyMs: options.every, version: readTool().version };
  const files = await filesFor(scheduler, schedule, options);
  if (outputDir === undefined) return print(files, env);
  if (!start.goBack())
    throw new UsageError(
      `--output-dir: ${escapeText(outputDir)}: the working directory is gone: write it absolute`,
    );
  return write(files, outputDir, env);
}

function refuseClusterOptions(scheduler: Scheduler, { image, namespace }: ScheduleOptions): void {
  if (scheduler === 'kubernetes') return;
  const written = image !== undefined ? '--image' : namespace !== undefined ? '--namespace' : null;
  if (written !== null) throw new UsageError(`${written}: is for schedule kubernetes, not for ${scheduler}`);
}

/** What starts criu-sweep: in a container image it lies elsewhere, and PATH is the image's own. */
function commandIn(scheduler: Scheduler): readonly string[] {
  return scheduler === 'kubernetes' ? ['criu-sweep'] : ownCommand();
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
      return kubernetesFiles(schedule, {
        image: parseImage(image ?? ownImage()),
        namespace: parseNamespace(namespace),
      });
    }
  }
}

async function print(files: readonly ScheduleFile[], env: Environment): Promise<number> {
  return printResult(files.map(({ text }) => text).join('\n'), env);
}

/** The mode of the files: whoever runs them must read them, and nobody else may write to them. */
const FILE_MODE = 0o644;

/**
 * Writes the files: all, or as few as possible if one cannot be written. None is renamed to its name before
 * all are complete.
 */
async function write(files: readonly ScheduleFile[], directory: string, env: Environment): Promise<number> {
  const written: { readonly destination: Destination; readonly file: OutputFile }[] = [];
  const destined = files.map(({ name, text }) => {
    const destination = destinationOf(join(directory, name), '--output-dir');
    refuseStream(destination);
    return { destination, text };
  });
  for (const { destination, text } of destined) {
    const file = await OutputFile.open(destination, { mode: FILE_MODE });
    file.output.add(text);
    await file.output.flush();
    written.push({ destination, file });
  }
  const broken = written.find(({ file }) => file.output.failure !== null);
  if (broken !== undefined) {
    for (const { file } of written) await file.discard();
    await complain(failureText(broken.destination, broken.file.output.failure?.code ?? 'unknown'), env);
    return EXIT.incomplete;
  }
  for (const { destination, file } of written) {
    const failure = await file.finish();
    if (failure === null) continue;
    await complain(failureText(destination, failure.code), env);
    return EXIT.incomplete;
  }
  return printResult(files.map(({ name }) => `${escapeText(join(directory, name))}\n`).join(''), env);
}
