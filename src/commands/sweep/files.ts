import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '../../environment.ts';
import { describeErrno, errnoOf } from '../../errno.ts';
import { EXIT } from '../../exit-code.ts';
import { markFor } from '../../journal.ts';
import type { Summary } from '../../model.ts';
import type { Output } from '../../output.ts';
import { type Destination, destinationOf, OutputFile } from '../../output-file.ts';
import { complaint } from '../../report/complaint.ts';
import type { Format } from '../../report/format.ts';
import { jsonFormat } from '../../report/json.ts';
import { lastSuccessIn, metricsText } from '../../report/prometheus.ts';
import { stepSummaryFormat } from '../../report/step-summary.ts';
import { UsageError } from '../../usage-error.ts';
import { readTool } from '../../version.ts';
import { STDERR } from './formats.ts';
import type { SweepOptions } from './options.ts';

/** The files that a sweep writes, checked before anything is touched. */
export interface Files {
  readonly report: Destination | null;
  readonly metrics: Destination | null;
  readonly stepSummary: string | null;
}

/** @throws UsageError where one cannot be written, or two are the same */
export function filesOf({ report, metrics, format }: SweepOptions, env: Environment): Files {
  const files = {
    report: report === undefined ? null : destinationOf(report, '--report'),
    metrics: metrics === undefined ? null : destinationOf(metrics, '--metrics'),
    stepSummary: format === 'github' && env.GITHUB_STEP_SUMMARY ? resolve(env.GITHUB_STEP_SUMMARY) : null,
  };
  if (files.report?.to === 'file' && files.metrics?.to === 'file' && files.report.path === files.metrics.path)
    throw new UsageError(`--report and --metrics: both name ${files.report.path}: write two files`);
  return files;
}

/** A file that a report goes into while a sweep goes on; `null`: it could not be opened, and `loss` says why. */
export type ReportFile =
  | { readonly file: OutputFile; readonly format: Format; readonly named: string }
  | { readonly file: null; readonly loss: string };

/**
 * Opens the reports of one sweep. What cannot be opened is left out of it.
 *
 * @param first nothing has been swept yet, so a report that was asked for and cannot be opened is wrong usage
 * @throws UsageError
 */
export async function openReports({ report, stepSummary }: Files, first: boolean): Promise<ReportFile[]> {
  const opened: ReportFile[] = [];
  if (report !== null)
    opened.push(
      await openReport(inMessages(report), jsonFormat(readTool()), () => OutputFile.open(report), first),
    );
  if (stepSummary !== null)
    opened.push(
      await openReport(`$GITHUB_STEP_SUMMARY ${stepSummary}`, stepSummaryFormat(), () =>
        OutputFile.append(stepSummary),
      ),
    );
  return opened;
}

async function openReport(
  named: string,
  format: Format,
  open: () => Promise<OutputFile>,
  refuse = false,
): Promise<ReportFile> {
  try {
    return { file: await open(), format, named };
  } catch (error) {
    if (refuse && error instanceof UsageError) throw error;
    return { file: null, loss: lossText(named, error) };
  }
}

/** Ends a report. @returns why it is not whole, `null` where it is */
export async function finishReport(report: ReportFile): Promise<string | null> {
  if (report.file === null) return report.loss;
  const failure = await report.file.finish();
  return failure === null ? null : `${report.named}: ${describeErrno(failure.code)}`;
}

/** Node_exporter runs as a user of its own and must be able to read the metrics. */
const METRICS_MODE = 0o644;

/** Writes the metrics of a finished sweep, whose exit status is final. @returns why that failed, `null` where it did not */
export async function writeMetrics(destination: Destination, summary: Summary): Promise<string | null> {
  const succeeded = summary.exitCode === EXIT.done || summary.exitCode === EXIT.somethingToRemove;
  const lastSuccess = destination.to === 'file' ? lastSuccessOf(destination.path) : 0;
  const text = await metricsText({ version: readTool().version, summary, succeeded, lastSuccess });
  try {
    const file = await OutputFile.open(destination, METRICS_MODE);
    file.output.add(text);
    const failure = await file.finish();
    return failure === null ? null : `${inMessages(destination)}: ${describeErrno(failure.code)}`;
  } catch (error) {
    return lossText(inMessages(destination), error);
  }
}

function lastSuccessOf(path: string): number {
  try {
    return lastSuccessIn(readFileSync(path, 'utf8'));
  } catch (error) {
    errnoOf(error);
    return 0;
  }
}

/** An option with its value, as a message about the file says it: `--report r.json`. */
function inMessages({ named }: Destination): string {
  return named.replace(': ', ' ');
}

function lossText(named: string, error: unknown): string {
  return error instanceof UsageError ? error.message : `${named}: ${describeErrno(errnoOf(error).code)}`;
}

/** A line that says which output is not whole, and why. */
export function lossLine(loss: string, env: Environment): string {
  return complaint(markFor(STDERR, env), 'error', loss);
}

/** Why stdout is not whole; a reader that has gone (EPIPE) wanted no more, and that is no loss. */
export function lossOf({ failure }: Output): string | null {
  return failure === null || failure.code === 'EPIPE' ? null : `stdout: ${describeErrno(failure.code)}`;
}

/** The exit status of a sweep whose report could not be written. */
export function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}
