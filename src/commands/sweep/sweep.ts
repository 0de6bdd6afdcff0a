import { hostname } from 'node:os';
import { monotonicMs } from '../../clock.ts';
import type { Environment } from '../../environment.ts';
import { EXIT } from '../../exit-code.ts';
import { isTerminal } from '../../is-terminal.ts';
import type { Summary } from '../../model.ts';
import { Output } from '../../output.ts';
import { endBy, StopSignals } from '../../stop-signals.ts';
import { Bearings } from '../../sweep/bearings.ts';
import { type SweepRequest, sweep } from '../../sweep/sweep.ts';
import { Progress } from '../../terminal.ts';
import { drive, type Sink } from './drive.ts';
import type { Beats } from './every.ts';
import {
  type Files,
  filesOf,
  finishReport,
  lossLine,
  lossOf,
  openReports,
  withLoss,
  writeMetrics,
} from './files.ts';
import { resultFormat, STDERR, STDOUT, stderrFormat } from './formats.ts';
import type { SweepOptions } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { StartingPlace } from './starting-place.ts';

/**
 * `criu-sweep <target...>`: sweeps and reports, once or, with `--every`, again and again until a signal comes.
 *
 * @returns the exit status; where a signal stopped the sweep, it has been raised again
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
    const run = runOf(options, signals);
    const prepared = await prepare(targets, options, env, {
      bearings,
      interrupted: () => run.interrupted() !== null,
    });
    const { interrupted, exitCode } = await report({ ...prepared, ...run }, options, env, files, first);
    if (interrupted !== null && interrupted !== 'timeout') {
      signals.release();
      endBy(interrupted);
      return exitCode;
    }
    if (beats === null || !(await beats.next())) {
      signals.release();
      return beats === null ? exitCode : EXIT.done;
    }
  }
}

async function beatsOf(intervalMs: number, signals: StopSignals): Promise<Beats> {
  const { Beats } = await import('./every.ts');
  return new Beats(intervalMs, signals);
}

/** The clock of one sweep, which runs while globs are expanded too, and what stops it. */
function runOf({ maxRuntime }: SweepOptions, signals: StopSignals): Omit<SweepRequest, keyof Prepared> {
  const start = monotonicMs();
  const isOver = maxRuntime === undefined ? () => false : () => monotonicMs() > start + maxRuntime;
  return {
    host: hostname(),
    startedAt: Date.now(),
    elapsedMs: () => monotonicMs() - start,
    interrupted: () => signals.received ?? (isOver() ? 'timeout' : null),
  };
}

/** Sweeps once, and writes all that is to be written. @returns the summary, with the final exit status */
async function report(
  request: SweepRequest,
  options: SweepOptions,
  env: Environment,
  files: Files,
  first: boolean,
): Promise<Summary> {
  const stdout = new Output(STDOUT);
  const stderr = new Output(STDERR);
  const reports = await openReports(files, first);
  const results: Sink[] = [{ format: resultFormat(options, env), output: stdout }];
  for (const each of reports)
    if (each.file !== null) results.push({ format: each.format, output: each.file.output });
  const shown = isTerminal(STDERR) && !options.quiet;
  const summary = await drive(sweep(request), {
    results,
    messages: { output: stderr, format: stderrFormat(options, env) },
    progress: shown ? new Progress(monotonicMs()) : null,
    exitCode: ({ exitCode }) => {
      const whole = lossOf(stdout) === null && reports.every(({ file }) => file !== null);
      return whole ? exitCode : withLoss(exitCode);
    },
  });

  const losses: (string | null)[] = [];
  for (const each of reports) losses.push(await finishReport(each));
  losses.push(lossOf(stdout));
  const exitCode = losses.every((loss) => loss === null) ? summary.exitCode : withLoss(summary.exitCode);
  if (files.metrics !== null) losses.push(await writeMetrics(files.metrics, { ...summary, exitCode }));
  const lost = losses.filter((loss) => loss !== null);
  for (const loss of lost) stderr.add(lossLine(loss, env));
  await stderr.flush();
  return { ...summary, exitCode: lost.length === 0 ? exitCode : withLoss(exitCode) };
}
