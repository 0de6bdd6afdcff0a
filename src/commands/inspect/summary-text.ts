import type { Run, RunOutcome } from '../../criu/log/criu-run.ts';
import type { PlacedRun } from '../../inspection/run-index.ts';
import type { Summary } from '../../model/events.ts';
import { imagesInAll } from './images-text.ts';

/** `6 runs: 3 succeeded, 2 failed, 1 cut off; 4 leftovers: 3 would be removed, 1 kept (1 mounted)`. */
export function summaryLine(runs: readonly PlacedRun[], summary: Summary): string {
  const { counts, incomplete, interrupted } = summary;
  const outcomes = ORDER.map(([outcome, text]) => count(runs, outcome, text)).filter((text) => text !== '');
  const keptBy = Object.entries(counts.keptBy).map(([why, number]) => `${number} ${why}`);
  const kept = counts.kept > 0 ? [`${counts.kept} kept (${keptBy.join(', ')})`] : [];
  const would = counts.wouldRemove > 0 ? [`${counts.wouldRemove} would be removed`] : [];
  const parts = [
    list(`${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`, outcomes),
    list(`${counts.matched} ${counts.matched === 1 ? 'leftover' : 'leftovers'}`, [...would, ...kept]),
  ];
  const images = imagesInAll(runs);
  if (images !== null) parts.push(images);
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
