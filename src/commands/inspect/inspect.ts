import { hostname } from 'node:os';
import type { Environment } from '../../environment.ts';
import { exitCode } from '../../exit-code.ts';
import { isTerminal } from '../../is-terminal.ts';
import type { Interruption, Summary, SweepEvent } from '../../model.ts';
import { Output } from '../../output.ts';
import { destinationOf, OutputFile } from '../../output-file.ts';
import { endBy, isStopSignal, StopSignals } from '../../stop-signals.ts';
import { type Pause, sweep } from '../../sweep/sweep.ts';
import { Progress } from '../../terminal.ts';
import { readTool } from '../../version.ts';
import { drive, type Sink } from '../sweep/drive.ts';
import { finishReport, lossLine, lossOf, type ReportFile, withLoss } from '../sweep/files.ts';
import { STDERR, STDOUT } from '../sweep/formats.ts';
import { type Prepared, prepare } from '../sweep/prepare.ts';
import { type FoundRuns, findRuns } from './find-runs.ts';
import { noFileLines, resultFormat, stderrFormat } from './formats.ts';
import { Inspection } from './inspection.ts';
import type { InspectOptions } from './options.ts';
import { inspectJsonFormat } from './report-json.ts';
import { RunIndex } from './run-index.ts';
import { sayingOnce } from './saying-once.ts';

/**
 * `criu-sweep inspect [target...]`: what was left, by which CRIU run, and what a sweep would do. Changes nothing.
 *
 * @returns the exit status; where a signal stopped it, that has been raised again
 * @throws UsageError before anything is looked at
 */
export async function inspectCommand(
  written: readonly string[],
  options: InspectOptions,
  env: Environment,
): Promise<number> {
  const { maxRuntime } = options;
  const reportTo = options.report === undefined ? null : destinationOf(options.report, '--report');
  const known = options.known === true || written.length === 0;
  const prepared = await prepare(written, { ...options, known, dryRun: true, check: false }, env);
  const report = reportTo === null ? null : { named: reportTo.named, file: await OutputFile.open(reportTo) };
  const signals = new StopSignals();
  const deadline = maxRuntime === undefined ? Number.POSITIVE_INFINITY : performance.now() + maxRuntime;
  const interrupted = (): Interruption | null =>
    signals.received ?? (performance.now() > deadline ? 'timeout' : null);
  const summary = await look({ written, options, env, prepared, interrupted, report });
  signals.release();
  if (isStopSignal(summary.interrupted)) endBy(summary.interrupted);
  return summary.exitCode;
}

interface Looking {
  readonly written: readonly string[];
  readonly options: InspectOptions;
  readonly env: Environment;
  readonly prepared: Prepared;
  readonly interrupted: () => Interruption | null;
  readonly report: { readonly named: string; readonly file: OutputFile } | null;
}

/** Finds the runs, then goes through the leftovers as a dry run does. */
async function look(looking: Looking): Promise<Summary> {
  const { options, env, prepared, interrupted } = looking;
  const now = Date.now();
  const began = performance.now();
  const stderr = new Output(STDERR);
  const progress = isTerminal(STDERR) && options.quiet !== true ? new Progress(began) : null;
  const found = await readRuns(looking, stderr, progress);
  if (options.quiet !== true) stderr.add((progress?.clear() ?? '') + noFileLines(found, env));

  const runs = new RunIndex(found.runs);
  const { all } = prepared.scope.mounts;
  const inspection = new Inspection(runs, all, { showAll: options.verbose === true, look: options.inUse });
  const events = sweep({
    ...prepared,
    errors: [...prepared.errors, ...found.errors],
    host: hostname(),
    startedAt: now,
    elapsedMs: () => performance.now() - began,
    interrupted,
  });
  const once = sayingOnce(events, found.errors);
  return write({ looking, runs, inspection, now, stderr, progress, events: once });
}

function readRuns(looking: Looking, stderr: Output, progress: Progress | null): Promise<FoundRuns> {
  const { prepared, interrupted } = looking;
  const scope = { scan: prepared.scope, uid: prepared.uid, interrupted: () => interrupted() !== null };
  return findRuns(prepared.targets, scope, (directories, where) => {
    const line = progress?.line(performance.now(), directories, where) ?? '';
    if (line === '') return;
    stderr.add(line);
    void stderr.flush();
  });
}

interface Writing {
  readonly looking: Looking;
  readonly runs: RunIndex;
  readonly inspection: Inspection;
  readonly now: number;
  readonly stderr: Output;
  readonly progress: Progress | null;
  readonly events: Iterable<SweepEvent | Pause>;
}

/** Writes all that is to be written. @returns the summary, with the final exit status */
async function write({
  looking,
  runs,
  inspection,
  now,
  stderr,
  progress,
  events,
}: Writing): Promise<Summary> {
  const { written, options, env, report } = looking;
  const stdout = new Output(STDOUT);
  const format = resultFormat({ runs, inspection, written, now }, options, env);
  const results: Sink[] = [{ format, output: stdout }];
  const file: ReportFile | null =
    report === null ? null : { ...report, format: inspectJsonFormat(readTool(), runs) };
  if (file !== null) results.push({ format: file.format, output: file.file.output });
  const summary = await drive(gathered(events, inspection), {
    results,
    messages: { output: stderr, format: stderrFormat(options, env) },
    progress,
    exitCode: (sum) => {
      const code = options.check === true ? checkedCode(sum, inspection) : sum.exitCode;
      return lossOf(stdout) === null ? code : withLoss(code);
    },
  });
  const losses = [file === null ? null : await finishReport(file), lossOf(stdout)];
  const lost = losses.filter((loss) => loss !== null);
  for (const loss of lost) stderr.add(lossLine(loss, env));
  await stderr.flush();
  return lost.length === 0 ? summary : { ...summary, exitCode: withLoss(summary.exitCode) };
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
function checkedCode({ interrupted, incomplete, counts }: Summary, inspection: Inspection): number {
  const { left, failedRuns } = inspection.finish();
  return exitCode({ interrupted, failures: incomplete + counts.failed, toRemove: left + failedRuns });
}
