import { CATALOGUE } from './leftovers.ts';
import type { Entry } from './tree.ts';
import { ms } from './tree.ts';

/** What the tests' own judge is told: as the options say it. */
export interface Rules {
  /** `30m`. */
  readonly olderThan: string;
  /** `null`: any. */
  readonly owner: number | null;
  /** Four octal digits; `null`: any; `undefined`: the catalogue's. */
  readonly mode: string | null | undefined;
  /** `null`: no bound. */
  readonly maxDepth: number | null;
}

/**
 * Whether a sweep has to remove this entry of a tree, judged a second time from what the tree was made of, by the
 * documentation's table alone. The tree's parents are directories that anybody may enter, none a leftover.
 */
export function mustGo(entry: Entry, tree: readonly Entry[], rules: Rules): boolean {
  const parts = entry.path.split('/');
  const name = parts.at(-1) ?? '';
  const kind = CATALOGUE.find(
    ({ prefix }) => name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length)),
  );
  if (kind === undefined || (entry.kind ?? 'directory') !== 'directory') return false;
  if (rules.maxDepth !== null && parts.length > rules.maxDepth) return false;
  if (rules.owner !== null && (entry.uid ?? 0) !== rules.owner) return false;
  const mode = Number.parseInt(entry.mode ?? '0700', 8);
  const modes: readonly number[] = rules.mode ? [Number.parseInt(rules.mode, 8)] : kind.modes;
  if (rules.mode !== null && !modes.includes(mode)) return false;
  if (ms(entry.age ?? '0s') <= ms(rules.olderThan)) return false;
  return !tree.some((other) => other.path.startsWith(`${entry.path}/`));
}

/** The options that say the same to the command. */
export const optionsOf = ({ olderThan, owner, mode, maxDepth }: Rules): string[] => [
  ...['--older-than', olderThan, '--owner', owner === null ? 'any' : String(owner)],
  ...(mode === undefined ? [] : ['--mode', mode ?? 'any']),
  ...(maxDepth === null ? [] : ['--max-depth', String(maxDepth)]),
];
