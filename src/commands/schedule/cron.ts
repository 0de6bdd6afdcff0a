import { UsageError } from '../../model/usage-error.ts';
import { fill, readTemplate } from '../../package/template.ts';
import { formatDuration } from '../../request/duration.ts';
import { quoteForCron } from './command-words.ts';
import { cronFields } from './interval.ts';
import { refuseUnsteadyProgram } from './program-word.ts';
import type { Schedule, ScheduleFile } from './schedule-file.ts';

/** The most bytes of a command in a crontab (MAX_COMMAND in cron.h of Vixie's cron, with its end). */
const LONGEST_COMMAND = 998;

/** Writes the file for /etc/cron.d. @throws UsageError for what a crontab cannot say */
export function cronFiles({ sweep, command, everyMs, version }: Schedule): ScheduleFile[] {
  refuseUnsteadyProgram(command);
  const when = cronFields(everyMs);
  const { quiet = false, verbose = false } = sweep.options;
  const words = [...command, ...(quiet || verbose ? [] : ['-q']), ...sweep.args];
  const broken = words.find((word) => /[\n\r]/.test(word));
  if (broken !== undefined)
    throw new UsageError(`'${broken}': a crontab cannot say a line break: name the directory above it`);
  const line = words.map(quoteForCron).join(' ');
  if (Buffer.byteLength(line) > LONGEST_COMMAND)
    throw new UsageError(
      `the command is ${Buffer.byteLength(line)} bytes long, and cron takes ${LONGEST_COMMAND}: use globs, or schedule systemd`,
    );
  const text = fill(readTemplate('criu-sweep.cron'), {
    every: formatDuration(everyMs),
    version,
    when,
    command: line,
  });
  return [{ name: 'criu-sweep', text }];
}
