import { endBy, isStopSignal, StopSignals } from '../../linux/stop-signals.ts';
import type { Environment } from '../../model/environment.ts';
import type { StopSignal, Summary } from '../../model/events.ts';
import { EXIT } from '../../model/exit-code.ts';
import { drive } from '../../output/drive.ts';
import { markFor } from '../../output/journal.ts';
import { Output } from '../../output/output.ts';
import { Progress } from '../../output/progress.ts';
import { filesOf } from '../../output/report-files.ts';
import { Reports } from '../../output/reports.ts';
import { STDERR, STDOUT } from '../../output/standard-streams.ts';
import { resultFormat, stderrFormat } from '../../output/sweep-formats.ts';
import { complaint } from '../../report/complaint.ts';
import { Bearings } from '../../request/bearings.ts';
import { prepare } from '../../request/prepare.ts';
import { StartingPlace } from '../../request/starting-place.ts';
import type { SweepOptions } from '../../request/sweep-options.ts';
import { startClock } from '../../request/sweep-request.ts';
import { type SweepRequest, sweep } from '../../sweep/sweep.ts';
import type { Beats } from './every.ts';

/**
 * `criu-sweep <target...>`: sweeps and reports, once or, with `--every`, again and again until a signal
 * comes.
 *
 * @returns the exit status; if a signal stopped the sweep, it has been raised again
 * @throws UsageError before anything is touched
 */
export async function sweepCommand(
  targets: readonly string[],
  options: SweepOptions,
  env: Environment,
): Promise<number> {
  const files = filesOf(options, env);
  const start = new StartingPlace(targets);
  const bearings = new Bearings();
  const signals = new StopSignals();
  const beats = options.every === undefined ? null : await beatsOf(options.every, signals);
  for (let first = true; ; first = false) {
    if (!first) bearings.atStart(start.goBack());
    // The clock runs while globs are expanded, too.
    const clock = startClock({ maxRuntime: options.maxRuntime, signals });
    const stopped = () => clock.interrupted() !== null;
    // Before any target is read: a report that cannot be written is wrong usage, and no sweep.
    const reports = await Reports.open(files, { first, stopped });
    const prepared = await discarding(reports, () =>
      prepare(targets, options, env, { bearings, interrupted: stopped }),
    );
    const { interrupted, exitCode } = await report({ ...prepared, ...clock }, options, env, reports);
    const late = beats === null ? cutShort(exitCode, signals) : null;
    const signal = isStopSignal(interrupted) ? interrupted : late;
    if (signal !== null) {
      signals.release();
      endBy(signal);
      return exitCode;
    }
    if (beats === null || !(await beats.next())) {
      signals.release();
      return beats === null ? exitCode : EXIT.done;
    }
  }
}

/** The signal that came after the sweep and ended the wait for a reader of its output. */
function cutShort(exitCode: number, { received }: StopSignals): StopSignal | null {
  return exitCode === EXIT.incomplete ? received : null;
}

async function beatsOf(intervalMs: number, signals: StopSignals): Promise<Beats> {
  const { Beats } = await import('./every.ts');
  return new Beats(intervalMs, signals);
}

/** Runs a step before the sweep. If it throws, no half report is left behind. */
async function discarding<T>(reports: Reports, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await reports.discard();
    throw error;
  }
}

/**
 * Sweeps once, and writes the results, messages and reports.
 *
 * @returns the summary, with the final exit status
 */
async function report(
  request: SweepRequest,
  options: SweepOptions,
  env: Environment,
  reports: Reports,
): Promise<Summary> {
  const stdout = new Output(STDOUT);
  const stderr = new Output(STDERR);
  const summary = await drive(sweep(request), {
    results: [{ format: resultFormat(options, env), output: stdout }, ...reports.sinks()],
    messages: { output: stderr, format: stderrFormat(options, env) },
    progress: options.quiet ? null : Progress.onTerminal(env),
    exitCode: ({ exitCode }) => reports.exitCode(exitCode, stdout),
  });
  const mark = markFor(STDERR, env);
  const final = await reports.finish(summary, stdout, (loss) => stderr.add(complaint(mark, 'error', loss)));
  await stderr.flush();
  return final;
}
