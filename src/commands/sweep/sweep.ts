import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { describeErrno } from '../../errno.ts';
import { EXIT } from '../../exit-code.ts';
import type { Summary } from '../../model.ts';
import { Output } from '../../output.ts';
import { type Destination, destinationOf, OutputFile } from '../../output-file.ts';
import { type Format, jsonFormat, ndjsonFormat } from '../../report/json.ts';
import { messageFormat } from '../../report/messages.ts';
import { textFormat } from '../../report/text.ts';
import { endBy, StopSignals } from '../../stop-signals.ts';
import { type SweepRequest, sweep } from '../../sweep/sweep.ts';
import { type ColorEnvironment, colorsFor, Progress } from '../../terminal.ts';
import { readTool } from '../../version.ts';
import { drive, type Sink } from './drive.ts';
import type { KnownEnvironment } from './known.ts';
import type { SweepOptions } from './options.ts';
import { prepare } from './prepare.ts';

const STDOUT = 1;
const STDERR = 2;

/**
 * `criu-sweep <target...>`: sweeps once and reports.
 *
 * @returns the exit status; where a signal stopped the sweep, it has been raised again
 * @throws UsageError before anything is touched
 */
export async function sweepCommand(
  targets: readonly string[],
  options: SweepOptions,
  env: ColorEnvironment & KnownEnvironment,
): Promise<number> {
  const reportTo = options.report === undefined ? null : destinationOf(options.report, '--report');
  const prepared = await prepare(targets, options, env);
  const signals = new StopSignals();
  const deadline =
    options.maxRuntime === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.maxRuntime;
  const request: SweepRequest = {
    ...prepared,
    host: hostname(),
    startedAt: Date.now(),
    elapsedMs: elapsedSince(performance.now()),
    interrupted: () => signals.received ?? (performance.now() > deadline ? 'timeout' : null),
  };
  const summary = await report(request, options, env, reportTo);
  signals.release();
  if (summary.interrupted !== null && summary.interrupted !== 'timeout') endBy(summary.interrupted);
  return summary.exitCode;
}

function elapsedSince(start: number): () => number {
  return () => performance.now() - start;
}

async function report(
  request: SweepRequest,
  options: SweepOptions,
  env: ColorEnvironment,
  reportTo: Destination | null,
): Promise<Summary> {
  const stdout = new Output(STDOUT);
  const stderr = new Output(STDERR);
  const results: Sink[] = [{ format: resultFormat(options, env), output: stdout }];
  const file = reportTo === null ? null : await OutputFile.open(reportTo);
  if (file !== null) results.push({ format: jsonFormat(readTool()), output: file.output });

  const terminal = isatty(STDERR);
  const { verbose = false, quiet = false } = options;
  const summary = await drive(sweep(request), {
    results,
    messages: {
      output: stderr,
      format: messageFormat({
        verbose,
        quiet,
        terminal,
        summary: options.format === 'text',
        colors: colorsFor(STDERR, options.color, env),
      }),
    },
    progress: terminal && !quiet ? new Progress(performance.now()) : null,
    exitCode: ({ exitCode }) => (isLoss(stdout) ? withLoss(exitCode) : exitCode),
  });

  const failure = (await file?.finish()) ?? null;
  if (failure !== null)
    stderr.add(`criu-sweep: --report ${options.report}: ${describeErrno(failure.code)}\n`);
  if (isLoss(stdout)) stderr.add(`criu-sweep: stdout: ${describeErrno(stdout.failure?.code ?? '')}\n`);
  await stderr.flush();
  return failure !== null || isLoss(stdout) ? { ...summary, exitCode: withLoss(summary.exitCode) } : summary;
}

/** A reader that has gone (EPIPE) wants no more; anything else is a report that could not be written. */
function isLoss({ failure }: Output): boolean {
  return failure !== null && failure.code !== 'EPIPE';
}

function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}

function resultFormat(
  { format, verbose = false, quiet = false, color }: SweepOptions,
  env: ColorEnvironment,
): Format {
  switch (format) {
    case 'text':
      return quiet ? () => '' : textFormat({ verbose, colors: colorsFor(STDOUT, color, env) });
    case 'json':
      return jsonFormat(readTool());
    case 'ndjson':
      return ndjsonFormat(readTool());
  }
}
