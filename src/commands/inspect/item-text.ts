import ms from 'ms';
import type { Findings } from '../../inspection/inspection.ts';
import { type Inspected, pathOf, type StillMounted } from '../../inspection/leftovers.ts';
import { unmountCommand } from '../../inspection/unmount.ts';
import type { Item } from '../../model/model.ts';
import { indentOf, wrap } from '../../output/layout.ts';
import { escapeName } from '../../report/escape.ts';
import { reasonText } from '../../report/text.ts';
import type { Drawing } from './run-text.ts';

/** The words for what a sweep would do. */
export const WORDS: Readonly<Record<Item['result']['outcome'], string>> = {
  removed: 'removed',
  'would-remove': 'would remove',
  kept: 'would keep',
  vanished: 'vanished',
  failed: 'failed',
};

/** The lines that tell of a leftover. @param directory the one whose section it stands in */
export function itemLines(
  { item }: Inspected,
  directory: string,
  findings: Findings,
  drawing: Drawing,
): string[] {
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
