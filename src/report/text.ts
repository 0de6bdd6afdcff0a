import ms from 'ms';
import { EMPTY, joinPath } from '../linux/bytes.ts';
import type { Item, Reason, Unseen } from '../model/model.ts';
import type { Colors } from './colors.ts';
import { escapeName } from './escape.ts';
import type { Format } from './format.ts';

/**
 * The format of the text report: a line for each directory removed; if `verbose`, also for each kept, and
 * why.
 */
export function textFormat(options: { readonly verbose: boolean; readonly colors: Colors }): Format {
  return (event) => (event.type === 'item' ? itemLine(event.item, options) : '');
}

function itemLine(item: Item, { verbose, colors }: { verbose: boolean; colors: Colors }): string {
  const { result } = item;
  switch (result.outcome) {
    case 'removed':
      return `${colors.green('removed')} ${itemPath(item)}\n`;
    case 'would-remove':
      return `${colors.yellow('would remove')} ${itemPath(item)}\n`;
    case 'kept':
      return verbose
        ? `${colors.dim('kept')} ${itemPath(item)}: ${result.reasons.map(reasonText).join(', ')}\n`
        : '';
    case 'vanished':
      return verbose ? `${colors.dim('vanished')} ${itemPath(item)}\n` : '';
    case 'failed':
      return '';
  }
}

/** The path of an item, escaped. */
export function itemPath({ candidate }: Item): string {
  return escapeName(joinPath(candidate.parent.path, candidate.name));
}

function processText({ pid, command }: Unseen): string {
  return pid === undefined ? '' : `, pid ${pid} ${escapeName(command ?? EMPTY)}`.trimEnd();
}

/** A reason for people: its word, and in brackets what was found. */
export function reasonText(reason: Reason): string {
  switch (reason.why) {
    case 'mounted':
      return `mounted (${escapeName(reason.where)})`;
    case 'owner':
      return `owner (${reason.uid})`;
    case 'mode':
      return `mode (${reason.mode})`;
    case 'too-young':
      return `too-young (${ms(reason.ageMs)})`;
    case 'future':
      return `future (${reason.mtime})`;
    case 'unknown':
      return `unknown (${reason.code} ${reason.syscall}${processText(reason)})`;
    case 'in-use':
      return `in-use (pid ${reason.pid} ${escapeName(reason.command)})`;
    case 'locked':
      return `locked (pid ${reason.pid})`;
    case 'not-a-directory':
    case 'not-empty':
    case 'excluded':
      return reason.why;
  }
}
