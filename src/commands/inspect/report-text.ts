import ms from 'ms';
import type { Run, RunOutcome } from '../../criu/log/run.ts';
import type { Findings } from '../../inspection/inspection.ts';
import { type Inspected, pathOf, type StillMounted } from '../../inspection/leftovers.ts';
import type { Group, Section } from '../../inspection/section.ts';
import { unmountCommand } from '../../inspection/unmount.ts';
import type { Summary, TargetReport } from '../../model/events.ts';
import type { Item } from '../../model/model.ts';
import { indentOf, wrap } from '../../output/layout.ts';
import { escapeName } from '../../report/escape.ts';
import { reasonText } from '../../report/text.ts';
import type { NextStep } from './next-steps.ts';
import { type Drawing, runLines } from './run-text.ts';

/** All that the text report tells. */
export interface Told {
  readonly findings: Findings;
  readonly runs: readonly Run[];
  readonly targets: readonly TargetReport[];
  readonly summary: Summary;
  readonly next: readonly NextStep[];
}

/** The report as a person reads it: a section for each work dir, a summary, and what to do next. */
export function inspectText(told: Told, drawing: Drawing): string {
  const { findings, targets, next } = told;
  const sections = findings.sections.map((section) => sectionLines(section, findings, drawing));
  const looked = drawing.verbose || findings.sections.length === 0 ? targets.map(targetLine) : [];
  const elsewhere =
    findings.elsewhere > 0 ? [`${findings.elsewhere} more in other directories; --json shows them`] : [];
  const parts = [
    ...sections,
    elsewhere,
    looked,
    wrap(summaryLine(told), drawing, 2),
    nextLines(next, drawing),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function sectionLines({ directory, groups }: Section, findings: Findings, drawing: Drawing): string[] {
  const lines = groups.flatMap((group) => groupLines(group, directory, findings, drawing));
  return [drawing.colors.bold(escapeName(directory)), ...lines];
}

function groupLines(group: Group, directory: string, findings: Findings, drawing: Drawing): string[] {
  const { run, items, more } = group;
  const indent = indentOf(drawing);
  const head = run === null ? ['  left by no run that a log here tells of'] : runLines(run, drawing);
  const rest = [...more].map(
    ([outcome, count]) => `${WORDS[outcome]} ${count} more; ${drawing.verbose ? '--json' : '-v'} shows them`,
  );
  return [
    ...head,
    ...items.flatMap((inspected) => itemLines(inspected, directory, findings, drawing)),
    ...rest.map((line) => drawing.colors.dim(`${' '.repeat(indent)}${line}`)),
  ];
}

const WORDS: Readonly<Record<Item['result']['outcome'], string>> = {
  removed: 'removed',
  'would-remove': 'would remove',
  kept: 'would keep',
  vanished: 'vanished',
  failed: 'failed',
};

function itemLines({ item }: Inspected, directory: string, findings: Findings, drawing: Drawing): string[] {
  const indent = indentOf(drawing);
  const word = WORDS[item.result.outcome];
  const name = item.candidate.parent.path === directory ? item.candidate.name : pathOf(item);
  const text = `${' '.repeat(indent)}${word} ${escapeName(name)}${afterName(item)}`;
  const [first = '', ...rest] = wrap(text, drawing, indent + 2);
  const paint = item.result.outcome === 'would-remove' ? drawing.colors.yellow : drawing.colors.dim;
  const mounted = findings.mounted.get(pathOf(item));
  return [
    first.replace(word, paint(word)),
    ...rest,
    ...(mounted === undefined ? [] : mountedLines(mounted, drawing, indent + 2)),
  ];
}

function afterName({ result, ageMs }: Item): string {
  const age = ageMs === null || ageMs < 0 ? '' : ` (${ms(ageMs)} old)`;
  return result.outcome === 'kept' ? `: ${result.reasons.map(reasonText).join(', ')}` : age;
}

/** Commands stay in one line, whatever the width: they are there to be copied. */
function mountedLines({ mounts, user, blind }: StillMounted, drawing: Drawing, indent: number): string[] {
  const blanks = ' '.repeat(indent);
  if (user !== null) {
    const who = `${blanks}pid ${user.pid} (${escapeName(user.command)}) uses what is mounted there`;
    return wrap(who, drawing, indent);
  }
  const why = blind
    ? 'still mounted; no process that can be seen from here uses it (some cannot be seen; umount refuses where one does):'
    : 'still mounted, and no living process uses it: unmount it, and the next sweep removes it:';
  return [
    ...wrap(`${blanks}${why}`, drawing, indent),
    `${blanks}  ${drawing.colors.cyan(unmountCommand(mounts))}`,
  ];
}

function targetLine({ path, status, directories, entries }: TargetReport): string {
  return `${escapeName(path)}: ${status}, ${directories} directories with ${entries} entries`;
}

/** `6 runs: 3 succeeded, 2 failed, 1 cut off; 4 leftovers: 3 would be removed, 1 kept (1 mounted)`. */
function summaryLine({ runs, summary }: Told): string {
  const { counts, incomplete, interrupted } = summary;
  const outcomes = ORDER.map(([outcome, text]) => count(runs, outcome, text)).filter((text) => text !== '');
  const keptBy = Object.entries(counts.keptBy).map(([why, number]) => `${number} ${why}`);
  const kept = counts.kept > 0 ? [`${counts.kept} kept (${keptBy.join(', ')})`] : [];
  const would = counts.wouldRemove > 0 ? [`${counts.wouldRemove} would be removed`] : [];
  const parts = [
    list(`${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`, outcomes),
    list(`${counts.matched} ${counts.matched === 1 ? 'leftover' : 'leftovers'}`, [...would, ...kept]),
  ];
  if (incomplete > 0) parts.push(`${incomplete} not looked at`);
  if (interrupted !== null) parts.push(`stopped by ${interrupted}`);
  return parts.join('; ');
}

const ORDER: readonly (readonly [RunOutcome, string])[] = [
  ['running', 'running'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cut-off', 'cut off'],
  ['unknown', 'of unknown outcome'],
];

function count(runs: readonly Run[], outcome: RunOutcome, text: string): string {
  const number = runs.filter((run) => run.outcome === outcome).length;
  return number === 0 ? '' : `${number} ${text}`;
}

function list(what: string, parts: readonly string[]): string {
  return parts.length === 0 ? what : `${what}: ${parts.join(', ')}`;
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
