import { wrap } from '../output/layout.ts';

/** Columns where there is no terminal to have some; no line is made shorter than the smallest. */
const USUAL = 80;
const SMALLEST = 40;

/** Columns that a help may take. @param columns of the terminal, infinite where there is none */
export function helpWidth(columns: number): number {
  return Number.isFinite(columns) ? Math.max(SMALLEST, columns) : USUAL;
}

/**
 * A help with no line longer than so many columns, as far as words allow. What is broken hangs below its own column; a
 * command to be copied goes on after a backslash.
 */
export function fitHelp(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => (line.length <= width ? [line] : broken(line, width)))
    .join('\n');
}

function broken(line: string, width: number): string[] {
  if (/^ +criu-sweep (?!.* {2})/.test(line)) {
    const parts = wrap(line, { width: width - 2 }, 6);
    return parts.map((part, at) => (at < parts.length - 1 ? `${part} \\` : part));
  }
  const column = /^ *\S.*? {2,}(?=\S)/.exec(line)?.[0].length ?? indentOf(line);
  return wrap(line, { width }, column <= width / 2 ? column : indentOf(line) + 4);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
