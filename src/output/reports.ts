import type { Summary } from '../model/events.ts';
import { readTool } from '../package/tool.ts';
import type { Format } from '../report/format.ts';
import { jsonFormat } from '../report/json.ts';
import { stepSummaryFormat } from '../report/step-summary.ts';
import { appendedTo, type Destination, type Named } from './destination.ts';
import type { Sink } from './drive.ts';
import { failureText, lossOf, lossText, withLoss } from './loss.ts';
import type { Output, Stopped } from './output.ts';
import { OutputFile } from './output-file.ts';
import { type ReportFiles, STDOUT_NAME } from './report-files.ts';
import { writeMetrics } from './write-metrics.ts';

const STEP_SUMMARY = '$GITHUB_STEP_SUMMARY';

/** A report that is written while a sweep goes on. */
interface OpenReport {
  readonly file: OutputFile;
  readonly named: Named;
  /** `null`: the JSON format that the command chooses. */
  readonly format: Format | null;
}

/** The circumstances in which the reports of one sweep are opened. */
export interface Opening {
  /** Whether nothing has been swept yet. Then a report that cannot be opened is wrong usage. */
  readonly first: boolean;
  /** Ends the wait for a FIFO's reader. */
  readonly stopped: Stopped;
}

/** The reports of one sweep, from before its targets are read until its exit status is final. */
export class Reports {
  readonly #opened: OpenReport[] = [];
  readonly #metrics: Destination | null;
  readonly #stopped: Stopped;
  /** The messages about reports that could not be opened. These are not written. */
  readonly unopened: string[] = [];

  private constructor(metrics: Destination | null, stopped: Stopped) {
    this.#metrics = metrics;
    this.#stopped = stopped;
  }

  /** Opens them. @throws UsageError if the JSON report cannot be opened, and nothing has been done yet */
  static async open(
    { report, metrics, stepSummary }: ReportFiles,
    { first, stopped }: Opening,
  ): Promise<Reports> {
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

  /** The outputs of the reports, each with its format. @param json the format of the JSON report */
  sinks(json: Format = jsonFormat(readTool())): Sink[] {
    return this.#opened.map(({ file, format }) => ({ format: format ?? json, output: file.output }));
  }

  /** The exit status to be written into the reports, as far as it is known before they are finished. */
  exitCode(exitCode: number, stdout: Output): number {
    return lossOf(stdout) === null && this.unopened.length === 0 ? exitCode : withLoss(exitCode);
  }

  /** Removes the unfinished reports of a sweep that does not take place. */
  async discard(): Promise<void> {
    for (const { file } of this.#opened) await file.discard();
  }

  /** Ends the reports. @returns messages about those that were opened and are not complete */
  async close(): Promise<string[]> {
    const losses: string[] = [];
    for (const { file, named } of this.#opened) {
      const failure = await file.finish();
      if (failure === null || (named.value === STDOUT_NAME && failure.code === 'EPIPE')) continue;
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
    const final = { ...summary, exitCode };
    const unwritten = this.#metrics === null ? null : await writeMetrics(this.#metrics, final, this.#stopped);
    if (unwritten !== null) losses.push(unwritten);
    for (const loss of losses) complain(loss);
    return unwritten === null ? final : { ...summary, exitCode: withLoss(exitCode) };
  }
}
