import { Inspection } from '../../inspection/inspection.ts';
import { RunIndex } from '../../inspection/run-index.ts';
import { endBy, isStopSignal, StopSignals } from '../../linux/stop-signals.ts';
import type { Environment } from '../../model/environment.ts';
import type { Pause, Summary, SweepEvent } from '../../model/events.ts';
import { exitCode } from '../../model/exit-code.ts';
import { drive } from '../../output/drive.ts';
import { markFor } from '../../output/journal.ts';
import { Output } from '../../output/output.ts';
import { counted, Progress } from '../../output/progress.ts';
import { refuseNames, reportDestination } from '../../output/report-files.ts';
import { Reports } from '../../output/reports.ts';
import { STDERR, STDOUT } from '../../output/standard-streams.ts';
import { readTool } from '../../package/tool.ts';
import { complaint } from '../../report/complaint.ts';
import { prepare } from '../../request/prepare.ts';
import { startClock } from '../../request/sweep-request.ts';
import { type SweepRequest, sweep } from '../../sweep/sweep.ts';
import { type FoundRuns, findRuns } from './find-runs.ts';
import { noFileLines, resultFormat, stderrFormat } from './inspect-formats.ts';
import type { InspectOptions } from './inspect-options.ts';
import { inspectJsonFormat } from './report-json.ts';
import { sayingOnce } from './saying-once.ts';

/**
 * `criu-sweep inspect [target...]`: what was left, by which CRIU run, and what a sweep would do. Changes
 * nothing.
 *
 * @returns the exit status; where a signal stopped it, that has been raised again
 * @throws UsageError before anything is looked at
 */
export async function inspectCommand(
  written: readonly string[],
  options: InspectOptions,
  env: Environment,
): Promise<number> {
  refuseNames(options);
  const reportTo = reportDestination(options);
  const known = options.known === true || written.length === 0;
  const prepared = await prepare(written, { ...options, known, dryRun: true, check: false }, env);
  const signals = new StopSignals();
  const clock = startClock({ maxRuntime: options.maxRuntime, signals });
  const stopped = () => clock.interrupted() !== null;
  const files = { report: reportTo, metrics: null, stepSummary: null };
  const reports = await Reports.open(files, { first: true, stopped });
  const summary = await look({ written, options, env, request: { ...prepared, ...clock }, reports });
  signals.release();
  if (isStopSignal(summary.interrupted)) endBy(summary.interrupted);
  return summary.exitCode;
}

interface Looking {
  readonly written: readonly string[];
  readonly options: InspectOptions;
  readonly env: Environment;
  readonly request: SweepRequest;
  readonly reports: Reports;
}

/** Finds the runs, then goes through the leftovers as a dry run does. */
async function look(looking: Looking): Promise<Summary> {
  const { options, env, request } = looking;
  const stderr = new Output(STDERR);
  const progress = options.quiet === true ? null : Progress.onTerminal(env);
  const found = await readRuns(looking, progress);
  if (options.quiet !== true) stderr.add(noFileLines(found, env));

  const { startedAt } = request;
  const sinceMs = options.since === undefined ? null : startedAt - options.since;
  const runs = new RunIndex(found.runs, sinceMs);
  const { all } = request.scope.mounts;
  const inspection = new Inspection(runs, all, { showAll: options.verbose === true, look: options.inUse });
  const events = sweep({ ...request, errors: [...request.errors, ...found.errors] });
  const once = sayingOnce(events, found.errors);
  return write({ looking, runs, inspection, sinceMs, stderr, progress, events: once });
}

function readRuns(looking: Looking, progress: Progress | null): Promise<FoundRuns> {
  const { scope: scan, uid, targets, interrupted } = looking.request;
  const scope = { scan, uid, interrupted: () => interrupted() !== null };
  return findRuns(targets, scope, (directories, where) => {
    void progress?.show(`${counted(directories, 'directory', 'directories')} looked at for logs`, where);
  });
}

interface Writing {
  readonly looking: Looking;
  readonly runs: RunIndex;
  readonly inspection: Inspection;
  readonly sinceMs: number | null;
  readonly stderr: Output;
  readonly progress: Progress | null;
  readonly events: Iterable<SweepEvent | Pause>;
}

/** Writes all that is to be written. @returns the summary, with the final exit status */
async function write({
  looking,
  runs,
  inspection,
  sinceMs,
  stderr,
  progress,
  events,
}: Writing): Promise<Summary> {
  const { written, options, env, reports } = looking;
  const { startedAt: now } = looking.request;
  const stdout = new Output(STDOUT);
  const format = resultFormat({ runs, inspection, written, now, sinceMs }, options, env);
  const summary = await drive(gathered(events, inspection), {
    results: [{ format, output: stdout }, ...reports.sinks(inspectJsonFormat(readTool(), { runs, sinceMs }))],
    messages: { output: stderr, format: stderrFormat(options, env) },
    progress,
    exitCode: (sum) => {
      const code = options.check === true ? checkedCode(sum, inspection) : sum.exitCode;
      return reports.exitCode(code, stdout);
    },
  });
  const mark = markFor(STDERR, env);
  const final = await reports.finish(summary, stdout, (loss) => stderr.add(complaint(mark, 'error', loss)));
  await stderr.flush();
  return final;
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
