import type { DescribedCommand, DescribedOption } from '../commands/describe.ts';
import type { KnownWorkDir } from '../criu/work-dirs.ts';
import type { Kind } from '../model/model.ts';
import { fill } from '../package/template.ts';

/** The input of a man page. */
export interface Manual {
  readonly kinds: readonly Kind[];
  readonly workDirs: readonly KnownWorkDir[];
  /** The page with its hand-written sections, and `{{names}}` for the others. */
  readonly template: string;
  /** The sweep first. */
  readonly commands: readonly DescribedCommand[];
  readonly version: string;
  /** ISO 8601, of the day. */
  readonly date: string;
}

/** Makes the man page, in the man(7) macros: a hand-written frame, filled from the commands' definitions. */
export function manualPage({ template, commands, kinds, workDirs, version, date }: Manual): string {
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
    prefixes: kinds.map(({ prefix, modes }) => entry(`${prefix}XXXXXX`, modesText(modes))).join('\n'),
    workDirs: workDirs.flatMap(workDir).join('\n'),
  });
}

/** `mode 0700`. */
function modesText(modes: Kind['modes']): string {
  const octal = (modes ?? []).map((mode) => mode.toString(8).padStart(4, '0'));
  return octal.length === 0 ? 'any mode' : `mode ${octal.join(' or ')}`;
}

function workDir({ target, callers }: KnownWorkDir): string[] {
  return target === null ? [] : [entry(target, callers.join(', '))];
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
  return `.TP\n.B ${escaped(term)}\n${text(description)}`;
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
