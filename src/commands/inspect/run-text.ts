import ms from 'ms';
import type { Run, RunOutcome } from '../../criu/log/criu-run.ts';
import { cutTo, indentOf, type Layout, localTime, wrap } from '../../output/layout.ts';
import type { Colors } from '../../report/colors.ts';
import { escapeName } from '../../report/escape.ts';

/** The layout of a text report, its colours, and its time. */
export interface Drawing extends Layout {
  readonly colors: Colors;
  readonly verbose: boolean;
  /** Milliseconds since 1970, to tell how long ago something was. */
  readonly now: number;
}

/** The lines that tell of a run: what it was, and its first error. */
export function runLines(run: Run, drawing: Drawing): string[] {
  const indent = indentOf(drawing);
  const label = OUTCOMES[run.outcome];
  const head = `  ${label.padEnd(indent - 3)} ${describe(run, drawing.now)}`;
  const lines = wrap(head, drawing, indent);
  const [first = '', ...rest] = lines;
  return [
    first.replace(label, paint(run.outcome, drawing.colors)(label)),
    ...rest,
    ...errorLines(run, drawing, indent),
  ];
}

const OUTCOMES: Readonly<Record<RunOutcome, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  'cut-off': 'cut off',
  running: 'running',
  unknown: 'unknown',
};

function paint(outcome: RunOutcome, colors: Colors): (text: string) => string {
  switch (outcome) {
    case 'succeeded':
      return colors.green;
    case 'failed':
    case 'cut-off':
      return colors.red;
    case 'running':
      return colors.cyan;
    case 'unknown':
      return colors.yellow;
  }
}

function describe(run: Run, now: number): string {
  const name = escapeName(run.log.slice(run.log.lastIndexOf('/') + 1));
  const operation = run.operation === 'unknown' ? 'run' : run.operation;
  const version = run.version === null ? ', version not logged' : ` by CRIU ${escapeName(run.version.text)}`;
  const leaks = run.affected === true ? ' (leaves a directory at every dump)' : '';
  const at = run.startedAtMs ?? run.loggedAtMs;
  return [
    `${operation}${version}${leaks}`,
    `${localTime(at)} (${howLongAgo(now - at)})`,
    ...duration(run),
    name,
  ].join(', ');
}

function howLongAgo(agoMs: number): string {
  return agoMs < 0 ? 'in the future' : `${ms(Math.round(agoMs))} ago`;
}

function duration({ startedAtMs, endedAtMs, outcome }: Run): string[] {
  if (startedAtMs === null || endedAtMs === null) return [];
  const tookMs = Math.max(0, endedAtMs - startedAtMs);
  const text = tookMs < 60_000 ? `${(tookMs / 1000).toFixed(1)} s` : ms(tookMs);
  return [`${outcome === 'cut-off' ? 'killed or crashed after' : 'took'} ${text}`];
}

/** The first error in one line; whole where nobody's terminal bounds it. */
function errorLines({ firstError }: Run, drawing: Drawing, indent: number): string[] {
  if (firstError === null) return [];
  const text = `${' '.repeat(indent)}${escapeName(firstError.source)}: ${escapeName(firstError.message)}`;
  const lines = drawing.verbose ? wrap(text, drawing, indent) : [cutTo(text, drawing)];
  return lines.map((line) => drawing.colors.red(line));
}
