import type { DescribedCommand, DescribedOption } from '../commands/describe.ts';
import type { CatalogueRow } from '../criu/catalogue.ts';
import { boundsText, type KnownWorkDir, type MovableRoot } from '../criu/work-dirs.ts';
import { fill } from '../package/template.ts';
import { makersText, modesText, mountedText, nameText, placesText } from '../report/kind-words.ts';

/** The input of a man page. */
export interface Manual {
  readonly kinds: readonly CatalogueRow[];
  readonly workDirs: readonly KnownWorkDir[];
  readonly movableRoots: readonly MovableRoot[];
  /** The page with its hand-written sections, and `{{names}}` for the others. */
  readonly template: string;
  /** The sweep first. */
  readonly commands: readonly DescribedCommand[];
  readonly version: string;
  /** ISO 8601, of the day. */
  readonly date: string;
}

/** Makes the man page, in the man(7) macros: a hand-written frame, filled from the commands' definitions. */
export function manualPage(manual: Manual): string {
  const { template, commands, kinds, workDirs, movableRoots, version, date } = manual;
  const [sweep, ...others] = commands;
  return fill(template, {
    version: escaped(version),
    date,
    synopsis: commands
      .map(({ usage }) => `.br\n.B criu\\-sweep\n${text(usage)}`)
      .join('\n')
      .replace('.br\n', ''),
    options: (sweep?.options ?? []).map(option).join('\n'),
    commands: others.map(section).join('\n'),
    prefixes: kinds.map(kindEntry).join('\n'),
    workDirs: workDirs.flatMap(workDir).join('\n'),
    movableRoots: movableRoots.map(movableRoot).join('\n'),
  });
}

function kindEntry(kind: CatalogueRow): string {
  const sentences = [
    `mode ${modesText(kind)}, in ${placesText(kind)}, by ${makersText(kind)}`,
    kind.versions,
    `left behind: ${kind.left}`,
    `mounted on it: ${mountedText(kind)}`,
  ];
  return entry(nameText(kind), `${sentences.join('. ')}.`);
}

function workDir({ target, callers, bounds }: KnownWorkDir): string[] {
  const bound = boundsText(bounds);
  const description = `${callers.join(', ')}${bound === null ? '' : `; ${bound}`}`;
  return target === null ? [] : [tagged(path(target), text(description))];
}

/** A path, which may be broken after each slash (groff(7), `\\:`). */
function path(words: string): string {
  return escaped(words).replace(/\/(?=.)/g, '/\\:');
}

function movableRoot({ directory, file, keys }: MovableRoot): string {
  return tagged(path(directory), text(`${keys.join('.')} of ${file}`));
}

function section({ usage, description, options, args }: DescribedCommand): string {
  const described = args.filter((argument) => argument.description !== '');
  return [
    `.SS criu\\-sweep ${escaped(usage)}`,
    text(description),
    ...described.map((argument) => entry(argument.placeholder, argument.description)),
    ...options.map(option),
  ].join('\n');
}

function option({ term, description }: DescribedOption): string {
  return entry(term, description);
}

/** A tagged paragraph. */
function entry(term: string, description: string): string {
  return tagged(escaped(term), text(description));
}

function tagged(term: string, description: string): string {
  return `.TP\n.B ${term}\n${description}`;
}

/** Writes words as text. A line that begins with a roff control character gets a `\&` before it. */
function text(words: string): string {
  return escaped(words).replace(/^(?=[.'])/gm, '\\&');
}

/** Escapes the characters that mean something to roff, or that it would draw otherwise (groff_char(7)). */
function escaped(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti');
}
