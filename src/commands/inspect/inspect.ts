import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { describeErrno } from '../../errno.ts';
import { EXIT, exitCode } from '../../exit-code.ts';
import type { Interruption, Summary, SweepEvent, TargetReport } from '../../model.ts';
import { Output } from '../../output.ts';
import { type Destination, destinationOf, OutputFile } from '../../output-file.ts';
import { escapeName } from '../../report/escape.ts';
import type { Format } from '../../report/json.ts';
import { messageFormat } from '../../report/messages.ts';
import { unmarked } from '../../report/severity.ts';
import { endBy, StopSignals } from '../../stop-signals.ts';
import { type Pause, type SweepRequest, sweep } from '../../sweep/sweep.ts';
import { type ColorEnvironment, colorsFor, Progress } from '../../terminal.ts';
import { readTool } from '../../version.ts';
import { drive, type Sink } from '../sweep/drive.ts';
import type { KnownEnvironment } from '../sweep/known.ts';
import { type Prepared, prepare } from '../sweep/prepare.ts';
import { type FoundRuns, findRuns } from './find-runs.ts';
import { Inspection } from './inspection.ts';
import { widthOf } from './layout.ts';
import { nextSteps } from './next-steps.ts';
import type { InspectOptions } from './options.ts';
import { inspectJsonFormat } from './report-json.ts';
import { inspectText } from './report-text.ts';
import { RunIndex } from './run-index.ts';

const STDOUT = 1;
const STDERR = 2;

/** What `inspect` is told by the environment. */
export type InspectEnvironment = ColorEnvironment & KnownEnvironment;

/**
 * `criu-sweep inspect [target...]`: what was left, by which CRIU run, and what a sweep would do. Changes nothing.
 *
 * @returns the exit status; where a signal stopped it, that has been raised again
 * @throws UsageError before anything is looked at
 */
export async function inspectCommand(
  written: readonly string[],
  options: InspectOptions,
  env: InspectEnvironment,
): Promise<number> {
  const { maxRuntime, inUse, check = false } = options;
  const reportTo = options.report === undefined ? null : destinationOf(options.report, '--report');
  const known = options.known === true || written.length === 0;
  const prepared = await prepare(written, { ...options, known, dryRun: true, check: false, inUse }, env);
  const signals = new StopSignals();
  const deadline = maxRuntime === undefined ? Number.POSITIVE_INFINITY : performance.now() + maxRuntime;
  const ask = (): Interruption | null =>
    signals.received ?? (performance.now() > deadline ? 'timeout' : null);
  const inspected = await look(written, options, env, { prepared, ask, check, reportTo });
  signals.release();
  if (inspected.interrupted !== null && inspected.interrupted !== 'timeout') endBy(inspected.interrupted);
  return inspected.exitCode;
}

interface Looking {
  readonly prepared: Prepared;
  readonly ask: () => Interruption | null;
  readonly check: boolean;
  readonly reportTo: Destination | null;
}

async function look(
  written: readonly string[],
  options: InspectOptions,
  env: InspectEnvironment,
  { prepared, ask, check, reportTo }: Looking,
): Promise<Summary> {
  const { quiet = false, verbose = false } = options;
  const file = reportTo === null ? null : await OutputFile.open(reportTo);
  const stdout = new Output(STDOUT);
  const stderr = new Output(STDERR);
  const startedAt = Date.now();
  const began = performance.now();
  const progress = isatty(STDERR) && !quiet ? new Progress(began) : null;

  const scope = { scan: prepared.scope, interrupted: () => ask() !== null };
  const found = await findRuns(prepared.targets, scope, (count, where) => {
    const line = progress?.line(performance.now(), count, where) ?? '';
    if (line === '') return;
    stderr.add(line);
    void stderr.flush();
  });
  if (!quiet) stderr.add((progress?.clear() ?? '') + noFileLines(found));

  const runs = new RunIndex(found.runs);
  const inspection = new Inspection(runs, prepared.scope.mounts.all, {
    showAll: verbose,
    look: options.inUse,
  });
  const request: SweepRequest = {
    ...prepared,
    errors: [...prepared.errors, ...found.errors],
    host: hostname(),
    startedAt,
    elapsedMs: () => performance.now() - began,
    interrupted: ask,
  };
  const text = textFormat(inspection, runs, written, options, env, startedAt);
  const results: Sink[] = [
    { format: options.format === 'json' ? inspectJsonFormat(readTool(), runs) : text, output: stdout },
  ];
  if (file !== null) results.push({ format: inspectJsonFormat(readTool(), runs), output: file.output });
  const summary = await drive(gathered(sweep(request), inspection), {
    results,
    messages: {
      output: stderr,
      format: messageFormat({
        verbose,
        quiet,
        terminal: false,
        summary: false,
        colors: colorsFor(STDERR, options.color, env),
        mark: unmarked,
      }),
    },
    progress,
    exitCode: (summary) => {
      const code = check ? checked(summary, inspection) : summary.exitCode;
      return isLoss(stdout) ? withLoss(code) : code;
    },
  });
  const failure = (await file?.finish()) ?? null;
  if (failure !== null)
    stderr.add(`criu-sweep: --report ${options.report}: ${describeErrno(failure.code)}\n`);
  if (isLoss(stdout)) stderr.add(`criu-sweep: stdout: ${describeErrno(stdout.failure?.code ?? '')}\n`);
  await stderr.flush();
  return failure !== null || isLoss(stdout) ? { ...summary, exitCode: withLoss(summary.exitCode) } : summary;
}

function* gathered(
  events: Iterable<SweepEvent | Pause>,
  inspection: Inspection,
): Generator<SweepEvent | Pause> {
  for (const event of events) {
    if (event.type === 'item') inspection.add(event.item);
    yield event;
  }
}

/** With `--check` a leftover, and a run that failed or was cut off, is exit status 1. */
function checked({ interrupted, incomplete, counts }: Summary, inspection: Inspection): number {
  const { left, failedRuns } = inspection.finish();
  return exitCode({ interrupted, failures: incomplete + counts.failed, toRemove: left + failedRuns });
}

function textFormat(
  inspection: Inspection,
  { runs }: RunIndex,
  written: readonly string[],
  options: InspectOptions,
  env: ColorEnvironment,
  now: number,
): Format {
  if (options.quiet === true) return () => '';
  const targets: TargetReport[] = [];
  return (event) => {
    if (event.type === 'target') targets.push(event.target);
    if (event.type !== 'summary') return '';
    const findings = inspection.finish();
    const { summary } = event;
    return inspectText(
      { findings, runs, targets, summary, next: nextSteps(findings, runs, summary.counts, written, options) },
      {
        width: widthOf(STDOUT),
        colors: colorsFor(STDOUT, options.color, env),
        verbose: options.verbose === true,
        now,
      },
    );
  };
}

/** Things with a log's name that are no files, said one by one up to this number. */
const MOST_SAID = 20;

function noFileLines({ noFiles }: FoundRuns): string {
  const lines = noFiles
    .slice(0, MOST_SAID)
    .map(({ path, what }) => `criu-sweep: ${escapeName(path)}: is ${what}, not a log: passed over\n`);
  const more = noFiles.length - lines.length;
  return lines.join('') + (more > 0 ? `criu-sweep: ${more} more that are no logs\n` : '');
}

/** A reader that has gone (EPIPE) wants no more; anything else is a report that could not be written. */
function isLoss({ failure }: Output): boolean {
  return failure !== null && failure.code !== 'EPIPE';
}

function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}
