import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { chooseKinds, parseExclude } from '../../src/request/policy.ts';

describe('the policy', () => {
  it('takes a slash off the end of --exclude', () => {
    expect(parseExclude('cache/')).toBe('cache');
  });

  it("puts the caller's prefixes in the place of the catalogue, each once", () => {
    const kinds = chooseKinds(CATALOGUE, ['mine.', 'mine.', 'ü'], undefined);
    expect(kinds.map((kind) => kind.prefix)).toEqual(['mine.', '\u00c3\u00bc']);
    expect(kinds.every((kind) => kind.modes?.join() === '448' && !kind.mountable)).toBe(true);
  });

  it('keeps what the catalogue knows of a prefix that the caller names', () => {
    const [kind] = chooseKinds(CATALOGUE, ['.criu.mntns.'], undefined);
    expect(kind).toBe(CATALOGUE.find(({ prefix }) => prefix === '.criu.mntns.'));
    expect(kind).toMatchObject({ modes: [0o777, 0o700], mountable: true });
  });

  it('gives every kind the one mode that is asked for', () => {
    expect(chooseKinds(CATALOGUE, [], 0o711).every((kind) => kind.modes?.join() === String(0o711))).toBe(
      true,
    );
    expect(chooseKinds(CATALOGUE, [], 'any').every((kind) => kind.modes === null)).toBe(true);
  });
});
