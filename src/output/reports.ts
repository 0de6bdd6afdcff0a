import { describeErrno, errnoOf } from '../linux/errno.ts';
import type { Environment } from '../model/environment.ts';
import { EXIT } from '../model/exit-code.ts';
import type { Summary } from '../model/model.ts';
import { UsageError } from '../model/usage-error.ts';
import { readTool } from '../package/version.ts';
import type { Format } from '../report/format.ts';
import { jsonFormat } from '../report/json.ts';
import { lastSuccessIn, metricsText } from '../report/prometheus.ts';
import { stepSummaryFormat } from '../report/step-summary.ts';
import type { OutputOptions } from './choices.ts';
import {
  appendedTo,
  type Destination,
  destinationOf,
  isSameFile,
  type Named,
  openPlace,
  stdoutAs,
} from './destination.ts';
import { NotFollowed } from './locate.ts';
import type { Output, Stopped } from './output.ts';
import { OutputFile } from './output-file.ts';
import { readHead } from './read-head.ts';

/** The files that a sweep writes, checked before anything is touched. */
export interface Files {
  readonly report: Destination | null;
  readonly metrics: Destination | null;
  readonly stepSummary: string | null;
}

/** The options that decide which files are written. */
export type FileOptions = Pick<OutputOptions, 'report' | 'metrics' | 'format' | 'quiet'>;

const STDOUT = '-';
const STEP_SUMMARY = '$GITHUB_STEP_SUMMARY';

/** @throws UsageError where one cannot be written, or two are the same */
export function filesOf(options: FileOptions, env: Environment): Files {
  refuseNames(options);
  const { metrics, format } = options;
  const files = {
    report: reportDestination(options),
    metrics: metrics === undefined ? null : destinationOf(metrics, '--metrics'),
    stepSummary: (format === 'github' && env.GITHUB_STEP_SUMMARY) || null,
  };
  if (files.report !== null && files.metrics !== null && isSameFile(files.report, files.metrics))
    throw new UsageError(`--report and --metrics: both name ${files.metrics.value}: write two files`);
  return files;
}

/** Refuses what can be told from the words alone, on whatever host the sweep will run. @throws UsageError */
export function refuseNames({ report, metrics, format, quiet = false }: FileOptions): void {
  if (metrics !== undefined && metrics !== '' && !/[^/]\.prom$/.test(metrics))
    throw new UsageError(
      `--metrics: ${metrics}: node_exporter's textfile collector reads *.prom alone: name a file like criu-sweep.prom`,
    );
  if (report === STDOUT && format !== 'json' && !(format === 'text' && quiet))
    throw new UsageError(
      `--report: -: is stdout, which shows something else (--format ${format}): write --json instead, or name a file`,
    );
}

/** Where the JSON report goes besides stdout; `-` is stdout itself, which with `--json` has it already. @throws UsageError */
export function reportDestination({
  report,
  format,
}: Pick<FileOptions, 'report' | 'format'>): Destination | null {
  if (report === undefined) return null;
  if (report !== STDOUT) return destinationOf(report, '--report');
  return format === 'json' ? null : stdoutAs('--report');
}

/** A file that a report goes into while a sweep goes on; `null`: it could not be opened, and `loss` says why. */
export type Opened =
  | { readonly file: OutputFile; readonly named: Named }
  | { readonly file: null; readonly loss: string };

/** A report, and how it is said. */
export interface ReportFile {
  readonly opened: Opened;
  readonly format: Format;
}

/** How the reports of one sweep are opened. */
export interface Opening {
  /** Nothing has been swept yet, so a report that was asked for and cannot be opened is wrong usage. */
  readonly first: boolean;
  /** Ends the wait for a FIFO's reader. */
  readonly stopped: Stopped;
}

/**
 * Opens the reports of one sweep. What cannot be opened is left out of it.
 *
 * @throws UsageError
 */
export async function openReports({ report, stepSummary }: Files, opening: Opening): Promise<ReportFile[]> {
  const reports: ReportFile[] = [];
  if (report !== null)
    reports.push({ opened: await openReport(report, opening), format: jsonFormat(readTool()) });
  if (stepSummary !== null)
    reports.push({ opened: await openStepSummary(stepSummary, opening), format: stepSummaryFormat() });
  return reports;
}

async function openStepSummary(value: string, { stopped }: Opening): Promise<Opened> {
  const named = { option: STEP_SUMMARY, value };
  try {
    return { file: await OutputFile.append(appendedTo(value, STEP_SUMMARY), stopped), named };
  } catch (error) {
    return { file: null, loss: lossText(named, error) };
  }
}

/** Opens a JSON report. @throws UsageError where that fails and nothing has been done yet */
export async function openReport(destination: Destination, { first, stopped }: Opening): Promise<Opened> {
  try {
    return { file: await OutputFile.open(destination, { stopped }), named: destination };
  } catch (error) {
    if (first && !stopped()) throw error;
    return { file: null, loss: lossText(destination, error) };
  }
}

/** Ends a report. @returns why it is not whole, `null` where it is */
export async function finishReport(opened: Opened): Promise<string | null> {
  if (opened.file === null) return opened.loss;
  const failure = await opened.file.finish();
  if (failure === null || (opened.named.value === STDOUT && failure.code === 'EPIPE')) return null;
  return failureText(opened.named, failure.code);
}

/** Node_exporter runs as a user of its own and must be able to read the metrics. */
const METRICS_MODE = 0o644;

/** Writes the metrics of a finished sweep, whose exit status is final. @returns why that failed, `null` where it did not */
export async function writeMetrics(
  destination: Destination,
  summary: Summary,
  stopped: Stopped,
): Promise<string | null> {
  const succeeded = summary.exitCode === EXIT.done || summary.exitCode === EXIT.somethingToRemove;
  const lastSuccess = succeeded ? 0 : lastSuccessOf(destination);
  const text = await metricsText({ version: readTool().version, summary, succeeded, lastSuccess });
  try {
    const file = await OutputFile.open(destination, { mode: METRICS_MODE, stopped });
    file.output.add(text);
    const failure = await file.finish();
    return failure === null ? null : failureText(destination, failure.code);
  } catch (error) {
    return lossText(destination, error);
  }
}

/** Ours have some 3 KiB. */
const MOST_METRICS = 64 * 1024;

function lastSuccessOf(destination: Destination): number {
  if (destination.to !== 'path') return 0;
  try {
    const place = openPlace(destination.path);
    try {
      return lastSuccessIn(readHead(place, MOST_METRICS));
    } finally {
      place.directory.close();
    }
  } catch (error) {
    // Any errno: the last success is not known. The metrics say "never" then, so that an alert is raised.
    if (!(error instanceof NotFollowed)) errnoOf(error);
    return 0;
  }
}

/** An option with its value and an errno: `--report r.json: ENOSPC: no space left on device`. */
export function failureText({ option, value }: Named, code: string): string {
  return `${option} ${value}: ${describeErrno(code)}`;
}

function lossText(named: Named, error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof NotFollowed) return `${named.option} ${named.value}: ${error.message}`;
  return failureText(named, errnoOf(error).code);
}

/** Why stdout is not whole; a reader that has gone (EPIPE) wanted no more, and that is no loss. */
export function lossOf({ failure }: Output): string | null {
  return failure === null || failure.code === 'EPIPE' ? null : `stdout: ${describeErrno(failure.code)}`;
}

/** The exit status of a sweep whose report could not be written. */
export function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}
