import type { Inspection } from '../../inspection/inspection.ts';
import type { RunIndex } from '../../inspection/run-index.ts';
import type { Environment } from '../../model/environment.ts';
import type { TargetReport } from '../../model/events.ts';
import { colorsFor } from '../../output/color-choice.ts';
import { markFor } from '../../output/journal.ts';
import { widthOf } from '../../output/layout.ts';
import { STDERR, STDOUT } from '../../output/standard-streams.ts';
import { readTool } from '../../package/tool.ts';
import { escapeName } from '../../report/escape.ts';
import type { Format } from '../../report/format.ts';
import { messageFormat } from '../../report/messages.ts';
import type { FoundRuns } from './find-runs.ts';
import type { InspectOptions } from './inspect-options.ts';
import { nextSteps } from './next-steps.ts';
import { inspectJsonFormat } from './report-json.ts';
import { inspectText } from './report-text.ts';

/** The input of a report besides the events of the dry run. */
export interface Inspecting {
  readonly runs: RunIndex;
  readonly inspection: Inspection;
  /** The targets as they were written. */
  readonly written: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Runs that ended earlier are not shown, in milliseconds since 1970; `null`: all are. */
  readonly sinceMs: number | null;
}

/** The format of stdout, which says what was found. */
export function resultFormat(inspecting: Inspecting, options: InspectOptions, env: Environment): Format {
  switch (options.format) {
    case 'json':
      return inspectJsonFormat(readTool(), inspecting);
    case 'text':
      return options.quiet === true ? () => '' : textFormat(inspecting, options, env);
  }
}

function textFormat(inspecting: Inspecting, options: InspectOptions, env: Environment): Format {
  const { inspection, written, now } = inspecting;
  const { runs } = inspecting.runs;
  const targets: TargetReport[] = [];
  return (event) => {
    if (event.type === 'target') targets.push(event.target);
    if (event.type !== 'summary') return '';
    const { summary } = event;
    const findings = inspection.finish();
    const next = nextSteps(findings, runs, summary.counts, written, options);
    const colors = colorsFor(STDOUT, options.color, env);
    const drawing = { width: widthOf(STDOUT), colors, verbose: options.verbose === true, now };
    const known = options.known === true || written.length === 0;
    return inspectText({ findings, runs, targets, summary, next, known }, drawing);
  };
}

/** The format of stderr: errors, and what could not be seen. The counts are part of the text report. */
export function stderrFormat(options: InspectOptions, env: Environment): Format {
  const { verbose = false, quiet = false, color } = options;
  return messageFormat({
    verbose,
    quiet,
    terminal: false,
    tellOwners: false,
    summary: false,
    colors: colorsFor(STDERR, color, env),
    mark: markFor(STDERR, env),
  });
}

/** Says what has a log's name and was not read, since it is no file. */
export function noFileLines({ noFiles: { first, count } }: FoundRuns, env: Environment): string {
  const mark = markFor(STDERR, env)('info');
  const lines = first.map(
    ({ path, what }) => `${mark}criu-sweep: ${escapeName(path)}: is ${what}, not a log: passed over\n`,
  );
  const more = count - first.length;
  return lines.join('') + (more > 0 ? `${mark}criu-sweep: ${more} more that are no logs\n` : '');
}
