import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameSet } from '../../../src/commands/run/name-set.ts';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { asBytes } from '../../../src/linux/bytes.ts';

const name = fc
  .tuple(fc.constantFrom(...CATALOGUE), fc.stringMatching(/^[A-Za-z0-9]{6}$/))
  .map(([kind, suffix]) => ({ kind, name: kind.prefix + suffix }));
const names = fc.uniqueArray(name, { selector: (each) => each.name, maxLength: 500 });

test('a set has exactly the names that were added', () => {
  fc.assert(
    fc.property(names, names, (added, asked) => {
      const set = new NameSet(CATALOGUE);
      for (const each of added) set.add(asBytes(each.name), each.kind);
      const known = new Set(added.map((each) => each.name));
      expect(set.size).toBe(added.length);
      for (const each of [...added, ...asked])
        expect(set.has(asBytes(each.name), each.kind)).toBe(known.has(each.name));
    }),
  );
});

test('neighbours, the first and the last of all suffixes and the same suffix of another kind are told apart', () => {
  const set = new NameSet(CATALOGUE);
  const [first, second] = CATALOGUE;
  if (first === undefined || second === undefined) throw new Error('no catalogue');
  for (const suffix of ['aaaaaa', '999999', 'aaaaab']) set.add(asBytes(first.prefix + suffix), first);
  set.add(asBytes(`${second.prefix}aaaaac`), second);
  const has = (suffix: string, kind = first) => set.has(asBytes(kind.prefix + suffix), kind);
  expect(['aaaaaa', '999999', 'aaaaab'].map((suffix) => has(suffix))).toEqual([true, true, true]);
  expect(['aaaaac', '999998', 'baaaaa', 'AAAAAA', 'aaaaaA'].filter((suffix) => has(suffix))).toEqual([]);
  expect(has('aaaaac', second)).toBe(true);
  expect(has('aaaaaa', second)).toBe(false);
});

test('an empty set has not even the first of all names', () => {
  const [first] = CATALOGUE;
  if (first === undefined) throw new Error('no catalogue');
  expect(new NameSet(CATALOGUE).has(asBytes(`${first.prefix}aaaaaa`), first)).toBe(false);
});

test('names may be added after one was asked for', () => {
  const set = new NameSet(CATALOGUE);
  const [kind] = CATALOGUE;
  if (kind === undefined) throw new Error('no catalogue');
  for (let n = 999; n >= 0; n -= 1) {
    const suffix = `x${String(n).padStart(5, '0')}`;
    expect(set.has(asBytes(kind.prefix + suffix), kind)).toBe(false);
    set.add(asBytes(kind.prefix + suffix), kind);
    expect(set.has(asBytes(kind.prefix + suffix), kind)).toBe(true);
  }
  expect(set.size).toBe(1000);
});
