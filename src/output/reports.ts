import { assertErrno, describeErrno, errnoOf } from '../linux/errno.ts';
import type { Environment } from '../model/environment.ts';
import type { Summary } from '../model/events.ts';
import { EXIT } from '../model/exit-code.ts';
import { UsageError } from '../model/usage-error.ts';
import { readTool } from '../package/tool.ts';
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
import type { Sink } from './drive.ts';
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

/** A report that is written while a sweep goes on. */
interface OpenReport {
  readonly file: OutputFile;
  readonly named: Named;
  /** `null`: the JSON that the command chooses. */
  readonly format: Format | null;
}

/** How the reports of one sweep are opened. */
export interface Opening {
  /** Nothing has been swept yet, so a report that was asked for and cannot be opened is wrong usage. */
  readonly first: boolean;
  /** Ends the wait for a FIFO's reader. */
  readonly stopped: Stopped;
}

/** The reports of one sweep, from before any target is looked at until its exit status is final. */
export class Reports {
  readonly #opened: OpenReport[] = [];
  readonly #metrics: Destination | null;
  readonly #stopped: Stopped;
  /** Why some could not be opened; these are left out. */
  readonly unopened: string[] = [];

  private constructor(metrics: Destination | null, stopped: Stopped) {
    this.#metrics = metrics;
    this.#stopped = stopped;
  }

  /** Opens them. @throws UsageError where the JSON report cannot be, and nothing has been done yet */
  static async open({ report, metrics, stepSummary }: Files, { first, stopped }: Opening): Promise<Reports> {
    const reports = new Reports(metrics, stopped);
    if (report !== null) {
      const required = () => first && !stopped();
      await reports.#add(report, null, required, () => OutputFile.open(report, { stopped }));
    }
    if (stepSummary !== null) {
      const named = { option: STEP_SUMMARY, value: stepSummary };
      const append = () => OutputFile.append(appendedTo(stepSummary, STEP_SUMMARY), stopped);
      await reports.#add(named, stepSummaryFormat(), () => false, append);
    }
    return reports;
  }

  async #add(
    named: Named,
    format: Format | null,
    required: () => boolean,
    open: () => Promise<OutputFile>,
  ): Promise<void> {
    try {
      this.#opened.push({ file: await open(), named, format });
    } catch (error) {
      if (required()) throw error;
      this.unopened.push(lossText(named, error));
    }
  }

  /** Where the events go. @param json how the JSON report says them */
  sinks(json: Format = jsonFormat(readTool())): Sink[] {
    return this.#opened.map(({ file, format }) => ({ format: format ?? json, output: file.output }));
  }

  /** The exit status to be written into the reports, as far as it is known before they are finished. */
  exitCode(exitCode: number, stdout: Output): number {
    return lossOf(stdout) === null && this.unopened.length === 0 ? exitCode : withLoss(exitCode);
  }

  /** Leaves no half report behind where the sweep does not come about. */
  async discard(): Promise<void> {
    for (const { file } of this.#opened) await file.discard();
  }

  /** Ends the reports. @returns why those that were opened are not whole */
  async close(): Promise<string[]> {
    const losses: string[] = [];
    for (const { file, named } of this.#opened) {
      const failure = await file.finish();
      if (failure === null || (named.value === STDOUT && failure.code === 'EPIPE')) continue;
      losses.push(failureText(named, failure.code));
    }
    return losses;
  }

  /** Ends the reports, then writes the metrics. @returns the summary with the final exit status */
  async finish(summary: Summary, stdout: Output, complain: (loss: string) => void): Promise<Summary> {
    const losses = [...this.unopened, ...(await this.close())];
    const lost = lossOf(stdout);
    if (lost !== null) losses.push(lost);
    const exitCode = losses.length === 0 ? summary.exitCode : withLoss(summary.exitCode);
    const unwritten =
      this.#metrics === null
        ? null
        : await writeMetrics(this.#metrics, { ...summary, exitCode }, this.#stopped);
    if (unwritten !== null) losses.push(unwritten);
    for (const loss of losses) complain(loss);
    return { ...summary, exitCode: losses.length === 0 ? exitCode : withLoss(exitCode) };
  }
}

/** Node_exporter runs as a user of its own and must be able to read the metrics. */
const METRICS_MODE = 0o644;

/** Writes the metrics of a finished sweep, whose exit status is final. @returns why that failed, `null` where it did not */
async function writeMetrics(
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
  if (destination.kind !== 'path') return 0;
  try {
    const place = openPlace(destination.path);
    try {
      return lastSuccessIn(readHead(place, MOST_METRICS));
    } finally {
      place.directory.close();
    }
  } catch (error) {
    // Any errno: the last success is not known. The metrics say "never" then, so that an alert is raised.
    if (!(error instanceof NotFollowed)) assertErrno(error);
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
function lossOf({ failure }: Output): string | null {
  return failure === null || failure.code === 'EPIPE' ? null : `stdout: ${describeErrno(failure.code)}`;
}

/** The exit status of a sweep whose report could not be written. */
function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}
