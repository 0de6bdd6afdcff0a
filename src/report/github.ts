import { describeErrno } from '../linux/errno.ts';
import type { Item } from '../model/model.ts';
import { escapeName } from './escape.ts';
import type { Format } from './format.ts';
import { itemPath } from './text.ts';

/** The number of annotations of each level that GitHub shows for one step. */
const MOST_ANNOTATIONS = 10;

/**
 * The format for GitHub Actions: a warning for each directory that was or would be removed, an error for each
 * failure. Only the first ten of each are written; notices count the others.
 */
export function githubFormat(): Format {
  const counts = { warning: 0, error: 0 };
  const annotate = (level: keyof typeof counts, title: string, message: string): string => {
    counts[level] += 1;
    return counts[level] > MOST_ANNOTATIONS ? '' : workflowCommand(level, title, message);
  };
  return (event) => {
    switch (event.type) {
      case 'item':
        return annotateItem(event.item, annotate);
      case 'error': {
        const { path, code, syscall } = event.error;
        return annotate('error', 'Not swept', `${escapeName(path)}: ${describeErrno(code)} (${syscall})`);
      }
      case 'summary':
        return countOthers(counts.warning, 'warnings') + countOthers(counts.error, 'errors');
      case 'start':
      case 'target':
        return '';
    }
  };
}

type Annotate = (level: 'warning' | 'error', title: string, message: string) => string;

function annotateItem(item: Item, annotate: Annotate): string {
  switch (item.result.outcome) {
    case 'removed':
      return annotate('warning', 'Leftover of CRIU removed', itemPath(item));
    case 'would-remove':
      return annotate('warning', 'Leftover of CRIU, would be removed', itemPath(item));
    case 'failed': {
      const why = describeErrno(item.result.code);
      return annotate('error', 'Leftover of CRIU not removed', `${itemPath(item)}: ${why}`);
    }
    case 'kept':
    case 'vanished':
      return '';
  }
}

function countOthers(count: number, what: string): string {
  const others = count - MOST_ANNOTATIONS;
  return others > 0 ? workflowCommand('notice', 'criu-sweep', `${others} more ${what} like these`) : '';
}

/** Writes one workflow command, escaped as in actions/toolkit, packages/core/src/command.ts. */
export function workflowCommand(
  level: 'notice' | 'warning' | 'error',
  title: string,
  message: string,
): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * Makes a text harmless in the log of a workflow, where `##[` begins an older sort of command anywhere in a
 * line (actions/runner, src/Runner.Common/ActionCommand.cs, TryParse).
 */
export function withoutCommands(text: string): string {
  return text.replaceAll('##[', '#\\x23[');
}
