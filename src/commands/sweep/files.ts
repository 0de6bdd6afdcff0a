import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '../../environment.ts';
import { describeErrno, type Errno, errnoOf } from '../../errno.ts';
import { EXIT } from '../../exit-code.ts';
import { markFor } from '../../journal.ts';
import type { Summary } from '../../model.ts';
import type { Output } from '../../output.ts';
import { type Destination, destinationOf, OutputFile } from '../../output-file.ts';
import { escapeText } from '../../report/escape.ts';
import { type Format, jsonFormat } from '../../report/json.ts';
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
  if (files.report?.replaced && files.report.path === files.metrics?.path)
    throw new UsageError(`--report and --metrics: both name ${files.report.path}: write two files`);
  return files;
}

/** A file that a report goes into; where it could not be opened, `failure` says why. */
export interface ReportFile {
  readonly name: string;
  readonly format: Format;
  readonly file: OutputFile | null;
  readonly failure: Errno | null;
}

/** Opens the files that are written while a sweep goes on. One that cannot be opened is left out of it. */
export async function openReports({ report, stepSummary }: Files): Promise<ReportFile[]> {
  const opened: Promise<ReportFile>[] = [];
  if (report !== null)
    opened.push(openReport(`--report ${report.path}`, jsonFormat(readTool()), OutputFile.open(report)));
  if (stepSummary !== null)
    opened.push(
      openReport(`$GITHUB_STEP_SUMMARY ${stepSummary}`, stepSummaryFormat(), OutputFile.append(stepSummary)),
    );
  return Promise.all(opened);
}

async function openReport(name: string, format: Format, opening: Promise<OutputFile>): Promise<ReportFile> {
  try {
    return { name, format, file: await opening, failure: null };
  } catch (error) {
    return { name, format, file: null, failure: errnoOf(error) };
  }
}

/** Node_exporter runs as a user of its own and must be able to read the metrics. */
const METRICS_MODE = 0o644;

/** Writes the metrics of a finished sweep, whose exit status is final. The errno where that fails. */
export async function writeMetrics(destination: Destination, summary: Summary): Promise<Errno | null> {
  const succeeded = summary.exitCode === EXIT.done || summary.exitCode === EXIT.somethingToRemove;
  const lastSuccess = destination.replaced ? lastSuccessOf(destination.path) : 0;
  const text = await metricsText({ version: readTool().version, summary, succeeded, lastSuccess });
  try {
    const file = await OutputFile.open(destination, METRICS_MODE);
    file.output.add(text);
    return await file.finish();
  } catch (error) {
    return errnoOf(error);
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

/** A line that says which output could not be written. */
export function lossLine(name: string, { code }: Errno, env: Environment): string {
  return `${markFor(STDERR, env)('error')}criu-sweep: ${escapeText(name)}: ${describeErrno(code)}\n`;
}

/** Why an output is not whole; a reader that has gone (EPIPE) wanted no more, and that is no loss. */
export function lossOf({ failure }: Output): Errno | null {
  return failure === null || failure.code === 'EPIPE' ? null : failure;
}

/** The exit status of a sweep whose report could not be written. */
export function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}
