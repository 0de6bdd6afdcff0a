import { escapeText } from './escape.ts';
import type { Mark, Severity } from './severity.ts';

/** One line for stderr, ours by its name: with the journal's priority, if it goes there, and escaped. */
export function complaint(mark: Mark, severity: Severity, text: string): string {
  return `${mark(severity)}criu-sweep: ${escapeText(text)}\n`;
}

/** The text for an unexpected error, with its stack, for a bug report. */
export function bugReport(mark: Mark, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split('\n').map((line) => `${mark('error')}${escapeText(line)}\n`);
  return complaint(mark, 'error', 'this is a bug in criu-sweep, please report it:') + lines.join('');
}
