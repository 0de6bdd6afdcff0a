import { mkdirSync } from 'node:fs';
import { type Case, KINDS, type Tally, TREES } from './model.ts';
import type { Native } from './native.ts';
import { parseNumbers, run, take } from './process.ts';

/**
 * Makes `directory` and in it the tree of the case: its leftovers, 15 decoys to every 100 of them, see grow.c. Where
 * the tree is there already, adds what it lacks.
 */
export async function growTree(native: Native, { shape, leftovers }: Case, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const tree = shape === 'flat' ? [] : [TREES[shape].directories, TREES[shape].files];
  await run(native.grow, [directory, String(leftovers), ...tree.map(String)]);
}

/** Counts what lies in a tree made by {@link growTree}. */
export async function tallyTree(native: Native, directory: string): Promise<Tally> {
  const numbers = parseNumbers(await run(native.tally, [directory]));
  return tallyOf((kind) => take(numbers, kind));
}

/** What is gone: `before` less `after`. */
export function difference(before: Tally, after: Tally): Tally {
  return tallyOf((kind) => before[kind] - after[kind]);
}

/** Decoys and ordinary files among what is gone: what should have stayed. */
export function wronglyRemoved(gone: Tally): readonly string[] {
  return KINDS.filter((kind) => kind !== 'leftover' && gone[kind] !== 0).map(
    (kind) => `${gone[kind]} ${kind}`,
  );
}

/** Removes a tree with rm(1), which is faster than Node. */
export async function fellTree(directory: string): Promise<void> {
  await run('rm', ['-rf', '--', directory]);
}

function tallyOf(count: (kind: keyof Tally) => number): Tally {
  return {
    leftover: count('leftover'),
    file: count('file'),
    mode: count('mode'),
    young: count('young'),
    notEmpty: count('notEmpty'),
    nearMiss: count('nearMiss'),
    ordinary: count('ordinary'),
  };
}
