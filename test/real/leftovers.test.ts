import { describe, expect, test } from 'vitest';
import { ATTEMPTS, PHASES } from './attempts.ts';
import { factsOf, prefixOf, whyKept } from './facts.ts';
import { tried } from './tried.ts';

const facts = factsOf('leftovers');

describe.each(ATTEMPTS)('$name', ({ name, status, left }) => {
  test(`CRIU ended with ${status}, and left what it leaves so`, () => {
    const { status: was, left: found } = tried().get(name) ?? expect.unreachable();
    expect(was).toBe(status);
    const kinds = found.map(({ path, mode, there }) => ({ prefix: prefixOf(path), mode, there }));
    expect(sorted(kinds)).toEqual(sorted(left.map(({ prefix, mode, there }) => ({ prefix, mode, there }))));
  });

  if (left.length > 0)
    test('each of them is swept when nobody uses it, and not before', () => {
      for (const { path } of tried().get(name)?.left ?? []) {
        const went = PHASES.map((phase) => outcomeIn(phase, path));
        expect([path, went]).toEqual([path, left.find(({ prefix }) => prefix === prefixOf(path))?.went]);
      }
    });
});

describe.each(PHASES)('the sweep while %s', (phase) => {
  test('removes what its dry run foretold', () => {
    const dry = facts.report(`${phase}-dry`);
    const real = facts.report(phase);
    const foretold = (outcome: string) => (outcome === 'would-remove' ? 'removed' : outcome);
    expect(real.items.map(({ path, outcome }) => [path, outcome])).toEqual(
      dry.items.map(({ path, outcome }) => [path, foretold(outcome)]),
    );
    expect(real).toMatchObject({ exitCode: 0, errors: [], inUse: { checked: true, unreadableProcesses: 0 } });
  });

  test('the dry run changed nothing', () => {
    expect(facts.lines(`${phase}.dry`)).toEqual(facts.lines(`${phase}.before`));
  });

  test('nothing went but what it says', () => {
    const removed = facts.report(phase).items.filter(({ outcome }) => outcome === 'removed');
    const gone = new Set(removed.map(({ path }) => path));
    const before = facts.lines(`${phase}.before`);
    expect(facts.lines(`${phase}.after`)).toEqual(before.filter((line) => !gone.has(pathOf(line))));
  });
});

test('in the end only what holds files is left', () => {
  const left = facts.lines('left').map((line) => line.split('\t').slice(0, 2));
  expect(left).toEqual([['700', 'full']]);
});

/** What the sweep of that phase says of a path: `removed`, or why it was kept; `null` where it was no item. */
function outcomeIn(phase: string, path: string): string | null {
  const item = facts.report(phase).items.find((each) => each.path === path);
  if (item === undefined) return null;
  return item.outcome === 'kept' ? whyKept(item) : item.outcome;
}

const pathOf = (line: string): string => line.split(' ').slice(3).join(' ');

const sorted = (all: readonly object[]): string[] => all.map((each) => JSON.stringify(each)).toSorted();
