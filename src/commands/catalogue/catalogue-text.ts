import { CATALOGUE, type CatalogueRow } from '../../criu/catalogue.ts';
import { boundsText, KNOWN_WORK_DIRS, type KnownWorkDir } from '../../criu/work-dirs.ts';
import { type Layout, wrap } from '../../output/layout.ts';
import type { Colors } from '../../report/colors.ts';
import { escapeText } from '../../report/escape.ts';
import { makersText, modesText, mountedText, nameText, placesText } from '../../report/kind-words.ts';
import type { KnownDirectories, KnownDirectory } from './known-directories.ts';

/** The text of `catalogue`, for a terminal of any width. */
export function catalogueText({ directories }: KnownDirectories, layout: Layout, colors: Colors): string {
  const write = new Paragraphs(layout, colors);
  write.heading('What is ever removed: empty directories of these names and modes, old and unused');
  for (const kind of CATALOGUE) write.entry(nameText(kind), kindLines(kind));
  const here = directories.filter(({ found }) => found > 0);
  const others = directories.filter(({ found }) => found === 0);
  write.heading('The directories of --known that exist here');
  writeByCallers(here, write);
  if (here.length === 0) write.entry('none', []);
  write.heading('The others, which do not exist here or are closed to this user');
  writeByCallers(others, write);
  write.heading('Chosen by whoever calls these: name them as targets');
  for (const row of KNOWN_WORK_DIRS) if (row.target === null) write.entry(...chosenEntry(row));
  return write.text;
}

function kindLines(kind: CatalogueRow): string[] {
  return [
    `mode ${modesText(kind)}, in ${placesText(kind)}`,
    `by ${makersText(kind)}; ${kind.versions}`,
    `left behind: ${kind.left}`,
    `mounted on it: ${mountedText(kind)}`,
  ];
}

function writeByCallers(directories: readonly KnownDirectory[], write: Paragraphs): void {
  const lines = new Map<string, string[]>();
  for (const directory of directories) {
    const callers = directory.callers.join(', ');
    lines.set(callers, [...(lines.get(callers) ?? []), directoryLine(directory)]);
  }
  for (const [callers, theirs] of lines) write.entry(callers, theirs);
}

/** `/var/lib/x/*; 50 directories; 4 levels deep`. */
function directoryLine({ path, bounds, found }: KnownDirectory): string {
  const bound = boundsText(bounds);
  return [
    escapeText(path),
    ...(found > 1 ? [`${found} directories`] : []),
    ...(bound === null ? [] : [bound]),
  ].join('; ');
}

function chosenEntry({ callers, source }: KnownWorkDir): [string, string[]] {
  return [callers.join(', '), [source]];
}

const INDENT = '  ';

/** Headings, and entries of a name with lines below it, broken at the layout's width. */
class Paragraphs {
  text = '';
  readonly #layout: Layout;
  readonly #colors: Colors;

  constructor(layout: Layout, colors: Colors) {
    this.#layout = layout;
    this.#colors = colors;
  }

  heading(text: string): void {
    const [first = '', ...rest] = wrap(`${text}:`, this.#layout, 0);
    this.text += `${this.text === '' ? '' : '\n'}${[first, ...rest].map(this.#colors.bold).join('\n')}\n`;
  }

  entry(name: string, lines: readonly string[]): void {
    this.text += `${INDENT}${this.#colors.green(name)}\n`;
    for (const line of lines)
      this.text += `${wrap(`${INDENT}${INDENT}${line}`, this.#layout, 6).join('\n')}\n`;
  }
}
