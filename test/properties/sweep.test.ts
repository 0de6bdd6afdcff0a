import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { rules, trees } from '../support/arbitrary.ts';
import { mustGo, optionsOf, type Rules } from '../support/oracle.ts';
import { makeScratch, removeScratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { type Entry, list, ms, plant, snapshot } from '../support/tree.ts';

const RUNS = { numRuns: 25 };

/** Plants a tree for as long as the test of it takes. */
async function planted<T>(tree: readonly Entry[], use: (dir: string) => Promise<T>): Promise<T> {
  const dir = makeScratch();
  try {
    plant(dir, tree);
    return await use(dir);
  } finally {
    removeScratch(dir);
  }
}

const goneFrom = async (dir: string, what: Rules): Promise<Set<string>> => {
  const before = list(dir);
  await sweep(['--no-in-use', ...optionsOf(what), dir]);
  const after = new Set(list(dir));
  return new Set(before.filter((path) => !after.has(path)));
};

beforeEach((context) => need(context, 'root'));

test('a sweep removes what passes every check, and nothing else', () =>
  fc.assert(
    fc.asyncProperty(trees, rules, (tree, what) =>
      planted(tree, async (dir) => {
        const right = tree.filter((entry) => mustGo(entry, tree, what)).map((entry) => entry.path);
        expect([...(await goneFrom(dir, what))].sort()).toEqual(right.sort());
      }),
    ),
    RUNS,
  ));

test('the defaults alone never remove what is young, full, of another owner or of another mode', () =>
  fc.assert(
    fc.asyncProperty(trees, (tree) =>
      planted(tree, async (dir) => {
        const { report } = await sweep([dir]);
        const usual: Rules = { olderThan: '1h', owner: 0, mode: undefined, maxDepth: null };
        const allowed = new Set(
          tree.filter((entry) => mustGo(entry, tree, usual)).map((entry) => entry.path),
        );
        const removed = Object.entries(outcomes(report, dir)).filter(([, what]) => what === 'removed');
        expect(removed.filter(([path]) => !allowed.has(path))).toEqual([]);
        expect(list(dir).length).toBe(planned(tree).size - removed.length);
      }),
    ),
    RUNS,
  ));

/** Every path of a tree, parents too. */
function planned(tree: readonly Entry[]): Set<string> {
  return new Set(
    tree.flatMap(({ path }) => path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))),
  );
}

test('a larger --older-than never removes more', () =>
  fc.assert(
    fc.asyncProperty(trees, rules, rules, async (tree, one, other) => {
      const [small, large] = [one.olderThan, other.olderThan].toSorted((a, b) => ms(a) - ms(b));
      const gone = (olderThan: string = one.olderThan) =>
        planted(tree, (dir) => goneFrom(dir, { ...one, olderThan }));
      const more = await gone(small);
      expect([...(await gone(large))].filter((path) => !more.has(path))).toEqual([]);
    }),
    RUNS,
  ));

test('a dry run changes nothing, and says what the real run then does', () =>
  fc.assert(
    fc.asyncProperty(trees, rules, (tree, what) =>
      planted(tree, async (dir) => {
        const args = ['--no-in-use', ...optionsOf(what), dir];
        const before = snapshot(dir);
        const dry = outcomes((await sweep(['-n', ...args])).report, dir);
        expect(snapshot(dir)).toEqual(before);
        const real = outcomes((await sweep(args)).report, dir);
        expect(
          Object.entries(dry).map(([path, said]) => [path, said === 'would-remove' ? 'removed' : said]),
        ).toEqual(Object.entries(real));
        const again = outcomes((await sweep(args)).report, dir);
        expect(Object.values(again).filter((said) => said === 'removed')).toEqual([]);
      }),
    ),
    RUNS,
  ));
