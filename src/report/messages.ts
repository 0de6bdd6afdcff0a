import { describeErrno } from '../linux/errno.ts';
import type { Counts, Start, Summary, SweepError, SweepEvent, TargetReport } from '../model/events.ts';
import type { Bytes } from '../model/model.ts';
import type { Colors } from './colors.ts';
import { complaint } from './complaint.ts';
import { escapeName } from './escape.ts';
import type { Format } from './format.ts';
import { OthersLeftovers } from './others-leftovers.ts';
import type { Mark } from './severity.ts';
import { itemPath } from './text.ts';

/** The facts that decide which messages are printed. */
export interface MessageOptions {
  readonly verbose: boolean;
  /** Errors only. */
  readonly quiet: boolean;
  /** Whether stdout shows text, so that a summary belongs below it. */
  readonly summary: boolean;
  /** Whether stderr is a terminal. Then the summary is said even if nothing happened. */
  readonly terminal: boolean;
  readonly colors: Colors;
  /** Whether to say that all leftovers belong to other users, if a sweep removed nothing for that reason. */
  readonly tellOwners: boolean;
  /** The prefix of each line, by severity. */
  readonly mark: Mark;
}

/** The number of failures, and of errors, that are said one by one. The others are counted. */
const MOST_SAID = 20;

/**
 * The messages about a sweep on stderr: failures as they come, what could not be seen, and a summary at the
 * end.
 */
export function messageFormat(options: MessageOptions): Format {
  const failures = new Limit(options.mark);
  const errors = new Limit(options.mark);
  const others = new OthersLeftovers();
  let start: Start | null = null;
  let lastError: Bytes | null = null;
  return (event) => {
    switch (event.type) {
      case 'item':
        others.note(event.item);
        return failures.say(failureLine(event, options));
      case 'error':
        lastError = event.error.path;
        return errors.say(errorLine(event.error, options));
      case 'summary':
        return [
          failures.rest('failed'),
          errors.rest('errors'),
          ownersLine(start === null ? null : others.advice(event.summary.counts, start), options),
          ending(event.summary, start?.dryRun ?? false, options),
        ].join('');
      case 'start':
        start = event.start;
        return '';
      case 'target':
        return event.target.path === lastError ? '' : nothingLine(event.target, options);
    }
  };
}

class Limit {
  readonly #mark: Mark;
  #count = 0;

  constructor(mark: Mark) {
    this.#mark = mark;
  }

  say(line: string): string {
    if (line === '') return '';
    this.#count += 1;
    return this.#count > MOST_SAID ? '' : line;
  }

  rest(what: string): string {
    if (this.#count <= MOST_SAID) return '';
    return complaint(this.#mark, 'error', `${this.#count - MOST_SAID} more ${what}`);
  }
}

function failureLine(event: SweepEvent & { type: 'item' }, { colors, mark }: MessageOptions): string {
  const { result } = event.item;
  if (result.outcome !== 'failed') return '';
  return `${mark('error')}${colors.red('failed')} ${itemPath(event.item)}: ${describeErrno(result.code)}\n`;
}

function errorLine({ path, code, syscall }: SweepError, { colors, mark }: MessageOptions): string {
  return `${mark('error')}${colors.red('criu-sweep:')} ${escapeName(path)}: ${describeErrno(code)} (${syscall})\n`;
}

function ownersLine(advice: string | null, { quiet, tellOwners, mark }: MessageOptions): string {
  return advice === null || quiet || !tellOwners ? '' : complaint(mark, 'warning', advice);
}

/** The message for a target with nothing to do, though nothing went wrong. */
function nothingLine(
  { path, status }: TargetReport,
  { quiet, verbose, terminal, mark }: MessageOptions,
): string {
  if (quiet) return '';
  if (status === 'no-match' && (verbose || terminal))
    return `${mark('info')}criu-sweep: ${escapeName(path)}: no directory matches\n`;
  if (status === 'missing' && verbose)
    return `${mark('info')}criu-sweep: ${escapeName(path)}: is not there: nothing to do\n`;
  return '';
}

function ending(summary: Summary, dryRun: boolean, options: MessageOptions): string {
  const { removed, wouldRemove, failed } = summary.counts;
  const blind = options.quiet ? '' : blindnessLine(summary, options.mark);
  const eventful = removed + wouldRemove + failed + summary.incomplete > 0 || summary.interrupted !== null;
  if (options.quiet || !options.summary || !(eventful || options.terminal || options.verbose)) return blind;
  const severity = failed + summary.incomplete > 0 || summary.interrupted !== null ? 'warning' : 'info';
  return `${blind}${options.mark(severity)}criu-sweep: ${summaryText(summary, dryRun)}\n`;
}

function blindnessLine({ blindness, counts }: Summary, mark: Mark): string {
  if (blindness === null || !counts.keptBy.unknown) return '';
  const kept = 'so kinds that CRIU mounts things on were kept; criu-sweep doctor explains';
  return `${mark('warning')}criu-sweep: ${blindness}, ${kept}\n`;
}

/** The counts of a sweep in one line: `3 removed, 2 kept (1 mode, 1 not-empty) in 0.02 s`. */
export function summaryText(
  { counts, interrupted, incomplete, durationMs }: Summary,
  dryRun: boolean,
): string {
  const parts = [
    dryRun ? `${counts.wouldRemove} would be removed` : `${counts.removed} removed`,
    `${counts.kept} kept${keptByText(counts)}`,
  ];
  if (counts.vanished > 0) parts.push(`${counts.vanished} vanished`);
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (incomplete > 0) parts.push(`${incomplete} not looked at`);
  const time = `in ${(durationMs / 1000).toFixed(2)} s`;
  return `${parts.join(', ')} ${time}${interrupted === null ? '' : `, stopped by ${interrupted}`}`;
}

function keptByText({ keptBy }: Counts): string {
  const parts = Object.entries(keptBy).map(([why, count]) => `${count} ${why}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
