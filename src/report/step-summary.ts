import { describeErrno } from '../linux/errno.ts';
import type { SweepError } from '../model/events.ts';
import type { Item } from '../model/model.ts';
import { escapeName } from './escape.ts';
import type { Format } from './format.ts';
import { summaryText } from './messages.ts';
import { itemPath } from './text.ts';

/** The most rows of the table, and characters of a path in it. A step's summary may have 1 MiB. */
const MOST_ROWS = 100;
const LONGEST_PATH = 1000;

/**
 * The format of a step's summary in Markdown: the counts, and a table of what was removed or failed. It is
 * written at the end.
 */
export function stepSummaryFormat(): Format {
  const rows: string[] = [];
  let others = 0;
  const add = (row: string | null): string => {
    if (row !== null && rows.length < MOST_ROWS) rows.push(row);
    else if (row !== null) others += 1;
    return '';
  };
  let dryRun = false;
  return (event) => {
    switch (event.type) {
      case 'item':
        return add(itemRow(event.item));
      case 'error':
        return add(errorRow(event.error));
      case 'summary':
        return markdown(summaryText(event.summary, dryRun), rows, others);
      case 'start':
        dryRun = event.start.dryRun;
        return '';
      case 'target':
        return '';
    }
  };
}

function itemRow(item: Item): string | null {
  switch (item.result.outcome) {
    case 'removed':
      return row('removed', itemPath(item));
    case 'would-remove':
      return row('would be removed', itemPath(item));
    case 'failed':
      return row(`failed: ${describeErrno(item.result.code)}`, itemPath(item));
    case 'kept':
    case 'vanished':
      return null;
  }
}

function errorRow({ path, code }: SweepError): string {
  return row(`not swept: ${describeErrno(code)}`, escapeName(path));
}

function row(outcome: string, path: string): string {
  const shown = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
  return `| ${asEntities(outcome)} | <code>${asEntities(shown)}</code> |\n`;
}

function markdown(summary: string, rows: readonly string[], others: number): string {
  const head = `### criu-sweep\n\n${asEntities(summary)}\n`;
  if (rows.length === 0) return `${head}\n`;
  const more = others > 0 ? `\nand ${others} more\n` : '';
  return `${head}\n| outcome | directory |\n|---|---|\n${rows.join('')}${more}\n`;
}

/** Escapes a text so that it means nothing to Markdown and HTML. */
function asEntities(text: string): string {
  return text.replace(/[^A-Za-z0-9 /.,:()…-]/gu, (character) => `&#${character.codePointAt(0)};`);
}
