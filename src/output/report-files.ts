import type { Environment } from '../model/environment.ts';
import { UsageError } from '../model/usage-error.ts';
import type { OutputOptions } from './choices.ts';
import { type Destination, destinationOf, isSameFile, stdoutAs } from './destination.ts';

/** The files that a sweep writes, checked before anything is touched. */
export interface ReportFiles {
  readonly report: Destination | null;
  readonly metrics: Destination | null;
  /** The path of the file for the step's summary on GitHub. */
  readonly stepSummary: string | null;
}

/** The options that decide which files are written. */
export type FileOptions = Pick<OutputOptions, 'report' | 'metrics' | 'format' | 'quiet'>;

/** The value of `--report` that means stdout. */
export const STDOUT_NAME = '-';

/** The files that the options name. @throws UsageError if one cannot be written, or if two are the same */
export function filesOf(options: FileOptions, env: Environment): ReportFiles {
  refuseNames(options);
  const { metrics, format } = options;
  const files = {
    report: reportDestination(options),
    metrics: metrics === undefined ? null : destinationOf(metrics, '--metrics'),
    stepSummary: (format === 'github' && env.GITHUB_STEP_SUMMARY) || null,
  };
  if (files.report !== null && files.metrics !== null && isSameFile(files.report, files.metrics))
    throw bothName(files.metrics.value);
  return files;
}

/** The usage error for one file as both the report and the metrics: they would replace each other. */
export function bothName(file: string): UsageError {
  return new UsageError(`--report and --metrics: both name ${file}: write two files`);
}

/** Refuses names that are wrong on every host, without asking the file system. @throws UsageError */
export function refuseNames({ report, metrics, format, quiet = false }: FileOptions): void {
  if (metrics !== undefined && metrics !== '' && !/[^/]\.prom$/.test(metrics))
    throw new UsageError(
      `--metrics: ${metrics}: node_exporter's textfile collector reads *.prom alone: name a file like criu-sweep.prom`,
    );
  if (report === STDOUT_NAME && format !== 'json' && !(format === 'text' && quiet))
    throw new UsageError(
      `--report: -: is stdout, which shows something else (--format ${format}): write --json instead, or name a file`,
    );
}

/**
 * The destination of the JSON report. `null`: none is asked for, or it is `-` with `--json`, and stdout has
 * the report already.
 *
 * @throws UsageError if it cannot be written
 */
export function reportDestination({
  report,
  format,
}: Pick<FileOptions, 'report' | 'format'>): Destination | null {
  if (report === undefined) return null;
  if (report !== STDOUT_NAME) return destinationOf(report, '--report');
  return format === 'json' ? null : stdoutAs('--report');
}
