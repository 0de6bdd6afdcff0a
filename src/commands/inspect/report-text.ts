import type { ImageSet } from '../../criu/images.ts';
import type { Run } from '../../criu/log/criu-run.ts';
import type { Findings } from '../../inspection/inspection.ts';
import type { PlacedRun } from '../../inspection/run-index.ts';
import type { Group, Section } from '../../inspection/section.ts';
import type { Summary, TargetReport } from '../../model/events.ts';
import type { Bytes } from '../../model/model.ts';
import { indentOf, wrap } from '../../output/layout.ts';
import { counted } from '../../output/progress.ts';
import { escapeName } from '../../report/escape.ts';
import { imagesText } from './images-text.ts';
import { itemLines, WORDS } from './item-text.ts';
import type { NextStep } from './next-steps.ts';
import { arrange } from './order.ts';
import { type Drawing, runLines } from './run-text.ts';
import { summaryLine } from './summary-text.ts';

/** All that the text report tells. */
export interface Told {
  readonly findings: Findings;
  /** Those to be shown. */
  readonly runs: readonly PlacedRun[];
  readonly targets: readonly TargetReport[];
  readonly summary: Summary;
  readonly next: readonly NextStep[];
  /** Nobody named a place: runs that succeeded and left nothing are counted. */
  readonly known: boolean;
}

/** Limit of runs that succeeded and left nothing, where somebody named the place. */
const MOST_QUIET = 10;

/** The report as a person reads it: a section for each work dir, a summary, and what to do next. */
export function inspectText(told: Told, drawing: Drawing): string {
  const { findings, runs, targets, summary, next, known } = told;
  const mostQuiet = drawing.verbose ? Number.POSITIVE_INFINITY : known ? 0 : MOST_QUIET;
  const { sections, quiet } = arrange(findings.sections, mostQuiet);
  const lines = new SectionLines(told, drawing);
  const looked = drawing.verbose || findings.sections.length === 0 ? targets.map(targetLine) : [];
  const parts = [
    ...sections.map((section) => lines.of(section)),
    elsewhereLine(findings.elsewhere),
    quietLine(quiet),
    looked,
    wrap(summaryLine(runs, summary), drawing, 2),
    nextLines(next, drawing),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** Draws the sections. */
class SectionLines {
  readonly #findings: Findings;
  readonly #shown: ReadonlySet<Run>;
  readonly #images: ReadonlyMap<Bytes, ImageSet>;
  readonly #drawing: Drawing;

  constructor({ findings, runs }: Told, drawing: Drawing) {
    this.#findings = findings;
    this.#shown = new Set(runs);
    this.#images = new Map(
      runs.flatMap(({ workDir, images }) => (images === null ? [] : [[workDir, images]])),
    );
    this.#drawing = drawing;
  }

  of({ directory, groups }: Section): string[] {
    const images = this.#images.get(directory);
    return [
      this.#drawing.colors.bold(escapeName(directory)),
      ...groups.flatMap((group) => this.#group(group, directory)),
      ...(images === undefined ? [] : [this.#imagesLine(images)]),
    ];
  }

  #group({ run, items, more }: Group, directory: Bytes): string[] {
    const drawing = this.#drawing;
    const rest = [...more].map(
      ([outcome, count]) =>
        `${WORDS[outcome]} ${count} more; ${drawing.verbose ? '--json' : '-v'} shows them`,
    );
    return [
      ...this.#head(run),
      ...items.flatMap((inspected) => itemLines(inspected, directory, this.#findings, drawing)),
      ...rest.map((line) => drawing.colors.dim(`${' '.repeat(indentOf(drawing))}${line}`)),
    ];
  }

  #head(run: Run | null): string[] {
    if (run === null) return ['  left by no run that a log here tells of'];
    if (this.#shown.has(run)) return runLines(run, this.#drawing);
    return [`  left by a run that ended earlier, ${escapeName(run.log.slice(run.log.lastIndexOf('/') + 1))}`];
  }

  #imagesLine(images: ImageSet): string {
    const text = `  ${'images'.padEnd(indentOf(this.#drawing) - 3)} ${imagesText(images, this.#drawing.now)}`;
    return this.#drawing.colors.dim(text);
  }
}

function elsewhereLine(elsewhere: number): string[] {
  return elsewhere > 0 ? [`${elsewhere} more in other directories; --json shows them`] : [];
}

function quietLine(quiet: number): string[] {
  if (quiet === 0) return [];
  return [`${quiet} ${quiet === 1 ? 'run' : 'runs'} succeeded and left nothing; -v shows them`];
}

function targetLine({ path, status, directories, entries }: TargetReport): string {
  const within = `${counted(directories, 'directory', 'directories')} with ${counted(entries, 'entry', 'entries')}`;
  return `${escapeName(path)}: ${status}, ${within}`;
}

/** Comments of a shell, so that all of it can be copied. */
function nextLines(next: readonly NextStep[], drawing: Drawing): string[] {
  if (next.length === 0) return [];
  const { dim, cyan } = drawing.colors;
  return [
    'Next:',
    ...next.flatMap(({ why, command }) => [...commentLines(why, drawing).map(dim), `  ${cyan(command)}`]),
  ];
}

function commentLines(text: string, { width }: Drawing): string[] {
  const mark = '  # ';
  return wrap(text, { width: width - mark.length }, 0).map((line) => mark + line);
}
