import { mkdirSync, symlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { startProgram } from './command.ts';
import { swappingAll, unsafeSweep, until } from './hazards.ts';
import { AA_POLICY } from './leftovers.ts';
import type { Racer } from './races.ts';
import { sweep } from './sweep.ts';
import { list, plant } from './tree.ts';
import { unprotectedCommand } from './unprotected.ts';
import { pausing } from './wrap.ts';

/** Where a race takes place: a sweeper is sent to the target, and nothing outside may go. */
export interface RaceTree {
  readonly target: string;
  readonly outside: string;
  /** Puts everything where it was. */
  set(): void;
  attack(): Promise<Racer>;
}

export const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => prefix + n);

/** Names of leftovers: the same everywhere, so that a call that was led elsewhere finds something to remove. */
const LEFTOVERS = numbered(`${AA_POLICY}left0`, 10);

function fill(root: string, dirs: readonly string[]): void {
  plant(
    root,
    dirs.flatMap((path) => LEFTOVERS.map((name) => ({ path: `${path}/${name}`, age: '2h' }))),
  );
}

/** The directories of the target are swapped for links that lead outside. */
export function treeSwappedForLinks(dir: string): RaceTree {
  const names = numbered('d', 8);
  mkdirSync(`${dir}/links`);
  for (const name of names) symlinkSync(`${dir}/outside`, `${dir}/links/${name}`);
  return {
    target: `${dir}/target`,
    outside: `${dir}/outside`,
    set: () => fill(dir, ['outside', ...names.map((name) => `target/${name}`)]),
    attack: () => swappingAll(`${dir}/target`, `${dir}/links`, names),
  };
}

/** Directories in the target's depth are swapped for others, so that the way up from them leads outside. */
export function treeSwappedForDirectories(dir: string): RaceTree {
  const names = numbered('d', 8);
  // Node sorts what it reads, and the scanner goes down into the last first: these come after the others.
  const inPlace = numbered('a', 8);
  return {
    target: `${dir}/target`,
    outside: `${dir}/elsewhere`,
    set() {
      fill(
        dir,
        [...names, ...inPlace].map((name) => `target/deep/${name}`),
      );
      fill(
        dir,
        inPlace.map((name) => `elsewhere/${name}`),
      );
      plant(
        dir,
        names.map((path) => ({ path: `elsewhere/${path}` })),
      );
    },
    attack: () => swappingAll(`${dir}/target/deep`, `${dir}/elsewhere`, names),
  };
}

/** What lies outside, but for the directories that the attacker moves about. */
const lyingOutside = ({ outside }: RaceTree): string[] => list(outside).filter((path) => !/^d\d+/.test(path));

async function underAttack<T>(tree: RaceTree, act: () => Promise<T>): Promise<T> {
  const racer = await tree.attack();
  const done = await act();
  expect(await racer.stop()).toMatch(/^swaps [1-9]/);
  return done;
}

async function falls(tree: RaceTree, sweeper: () => Promise<unknown>): Promise<boolean> {
  return until(40_000, async () => {
    tree.set();
    const before = lyingOutside(tree);
    await underAttack(tree, sweeper);
    return lyingOutside(tree).length < before.length;
  });
}

/** Whether a sweeper that passes joined paths takes something from outside. */
export const joinedPathsFall = (tree: RaceTree): Promise<boolean> =>
  falls(tree, () => unsafeSweep('rmdir', tree.target));

/** Whether our command does, with its own comparisons switched off. */
export function unprotectedFalls(tree: RaceTree, dir: string): Promise<boolean> {
  const bin = unprotectedCommand(dir);
  return falls(
    tree,
    () => startProgram([process.execPath, bin, '--no-in-use', tree.target], { wrap: pausing('chdir') }).ended,
  );
}

/** What came of all the sweeps under attack. */
export interface Siege {
  readonly sweeps: number;
  readonly removed: number;
  /** How often a directory was found to be another than before. */
  readonly changed: number;
}

/**
 * Sweeps with the built command, again and again, until that is enough or half a minute is over. Throws as soon as
 * anything outside is missing.
 */
export async function holdsOut(tree: RaceTree, enough: (siege: Siege) => boolean): Promise<Siege> {
  let siege: Siege = { sweeps: 0, removed: 0, changed: 0 };
  await until(30_000, async () => {
    tree.set();
    const before = lyingOutside(tree);
    const { report, code } = await underAttack(tree, () =>
      sweep(['--no-in-use', tree.target], { wrap: pausing('chdir') }),
    );
    expect(lyingOutside(tree)).toEqual(before);
    expect(report.errors.filter((error) => error.code !== 'changed')).toEqual([]);
    expect(code).toBe(report.errors.length > 0 ? 3 : 0);
    siege = {
      sweeps: siege.sweeps + 1,
      removed: siege.removed + report.summary.removed,
      changed: siege.changed + report.errors.length,
    };
    return enough(siege);
  });
  return siege;
}
