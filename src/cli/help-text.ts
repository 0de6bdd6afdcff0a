import { wrap } from '../output/layout.ts';

/** The columns of a help without a terminal, and the least columns of any help. */
const USUAL = 80;
const SMALLEST = 40;

/** The columns that a help may take. @param columns of the terminal; infinite if there is none */
export function helpWidth(columns: number): number {
  return Number.isFinite(columns) ? Math.max(SMALLEST, columns) : USUAL;
}

/**
 * Breaks the lines of a help so that they fit, as far as its words allow. The rest of a broken line is
 * indented to its column. An example command goes on after a backslash, so that it can be copied.
 *
 * @param width columns
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
