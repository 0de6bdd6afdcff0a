import { describe, expect, test } from 'vitest';
import { ATTEMPTS } from './attempts.ts';
import { type Found, factsOf, prefixOf, whyKept } from './facts.ts';
import { type Left, PHASES } from './left.ts';
import { leftBy, tried } from './tried.ts';

const facts = factsOf('leftovers');

describe.each(ATTEMPTS)('$name', ({ name, status, left }) => {
  test(`CRIU ended with ${status}, and left ${left.length === 0 ? 'nothing' : 'what it leaves so'}`, () => {
    const came = tried().get(name) ?? expect.unreachable();
    expect(came.status).toBe(status);
    const expected = left.map(({ prefix, where, mode, there }) => ({ prefix, where, mode, there }));
    expect(came.left.map(described).toSorted(byPrefix)).toEqual(expected.toSorted(byPrefix));
  });

  for (const { prefix, went } of left)
    test(`${prefix} is swept when nobody uses it, and not before: ${went.join(', ')}`, () => {
      const { path } = leftBy(name, prefix);
      expect(PHASES.map((phase) => outcomeIn(phase, path))).toEqual(went);
    });
});

describe.each(PHASES)('the sweep: %s', (phase) => {
  test('removes what its dry run foretold', () => {
    const dry = facts.report(`${phase}-dry`);
    const real = facts.report(phase);
    const foretold = (outcome: string) => (outcome === 'would-remove' ? 'removed' : outcome);
    expect(real.items.map(({ path, outcome }) => [path, outcome])).toEqual(
      dry.items.map(({ path, outcome }) => [path, foretold(outcome)]),
    );
    expect(real).toMatchObject({ exitCode: 0, errors: [], inUse: { checked: true, unreadableProcesses: 0 } });
  });

  if (process.env.CRIU_SWEEP_EXECUTABLE !== undefined)
    test('is foretold by the executable, too', () => {
      const said = (name: string) => facts.report(name).items.map(({ path, outcome }) => [path, outcome]);
      expect(said(`${phase}-executable`)).toEqual(said(`${phase}-dry`));
    });

  test('changes nothing in its dry run', () => {
    expect(facts.lines(`${phase}.dry`)).toEqual(facts.lines(`${phase}.before`));
  });

  test('removes nothing but what it says', () => {
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

/** A found directory in the terms of {@link Left}. */
const described = ({ path, mode, there }: Found) => ({
  prefix: prefixOf(path),
  where: whereIs(path),
  mode,
  there,
});

function whereIs(path: string): Left['where'] {
  if (path.startsWith('/srv/criu/')) return 'work dir';
  return path.startsWith('/tmp/') ? '/tmp' : "the container's /tmp";
}

/** The word of that phase's sweep on a path: `removed`, or why it was kept; `null` where it was no item. */
function outcomeIn(phase: string, path: string): string | null {
  const item = facts.report(phase).items.find((each) => each.path === path);
  if (item === undefined) return null;
  return item.outcome === 'kept' ? whyKept(item) : item.outcome;
}

const pathOf = (line: string): string => line.split(' ').slice(3).join(' ');

const byPrefix = (one: { readonly prefix: string }, other: { readonly prefix: string }): number =>
  one.prefix < other.prefix ? -1 : 1;
