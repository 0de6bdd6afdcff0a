import type { Run } from '../../criu/log/criu-run.ts';
import type { Group, Section } from '../../inspection/section.ts';

/** The sections that are listed, and the number of runs that are only counted. */
export interface Arranged {
  readonly sections: readonly Section[];
  /** The runs that succeeded and left nothing, and are not listed. */
  readonly quiet: number;
}

/** The order of runs: what is wrong (cut off, failed, with leftovers), what may become so, what is well. */
const RANKS = ['cut-off', 'failed', 'left', 'running', 'unknown', 'succeeded'] as const;
type Rank = (typeof RANKS)[number];

const QUIET = RANKS.indexOf('succeeded');

/**
 * Puts what is wrong first, and the newest first within it, of the sections and of the runs in each. What no
 * run is known to have left comes last of its rank.
 *
 * @param mostQuiet how many runs that succeeded and left nothing are listed, the newest first
 */
export function arrange(sections: readonly Section[], mostQuiet: number): Arranged {
  const quiet = sections
    .flatMap(({ groups }) => groups.filter(isQuiet))
    .sort((a, b) => timeOf(b) - timeOf(a));
  const listed = new Set(quiet.slice(0, mostQuiet));
  const shown = sections
    .map((section) => ({
      ...section,
      groups: section.groups.filter((group) => !isQuiet(group) || listed.has(group)).sort(compare),
    }))
    .filter(({ groups }) => groups.length > 0);
  const rank = ({ groups: [first] }: Section): number => (first === undefined ? QUIET : rankOf(first));
  return {
    sections: shown.sort((a, b) => rank(a) - rank(b) || b.newestMs - a.newestMs),
    quiet: quiet.length - listed.size,
  };
}

function compare(a: Group, b: Group): number {
  return rankOf(a) - rankOf(b) || timeOf(b) - timeOf(a);
}

/** In milliseconds since 1970, by the last write to the run's log. */
function timeOf({ run }: Group): number {
  return run === null ? Number.NEGATIVE_INFINITY : (run.endedAtMs ?? run.loggedAtMs);
}

function isQuiet(group: Group): boolean {
  return rankOf(group) === QUIET;
}

function rankOf({ run, items, more }: Group): number {
  const left = run === null || items.length > 0 || more.size > 0;
  return RANKS.indexOf(run === null ? 'left' : rankOfRun(run, left));
}

function rankOfRun({ outcome }: Run, left: boolean): Rank {
  return left && (outcome === 'succeeded' || outcome === 'unknown') ? 'left' : outcome;
}
