import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { UsageError } from '../../src/model/usage-error.ts';
import {
  chooseKinds,
  DEFAULT_AGE_MS,
  defaultPolicy,
  parseExclude,
  parseMaxRemovals,
  parseOwner,
  parsePrefix,
} from '../../src/request/policy.ts';

describe('the policy', () => {
  it('takes a slash off the end of --exclude', () => {
    expect(parseExclude('cache/')).toBe('cache');
  });

  it.each([
    ['a//', 'a'],
    ['**/', '**'],
    ['a/b', 'a/b'],
    ['a', 'a'],
  ])('takes --exclude %s for %s', (text, pattern) => {
    expect(parseExclude(text)).toBe(pattern);
  });

  it.each(['', '/', '//', '/a', '..', '../a', 'a/../b', 'a/..'])('refuses --exclude %j', (text) => {
    expect(() => parseExclude(text)).toThrow(UsageError);
  });

  it('says that a slash is below the target, and that an empty pattern is empty', () => {
    expect(() => parseExclude('/a')).toThrow('begins with a slash');
    expect(() => parseExclude('')).toThrow('is empty');
  });

  it.each(['1', '10', '9007199254740991', '0000000000000001'])('takes --max-removals %s', (text) => {
    expect(parseMaxRemovals(text)).toBe(Number(text));
  });

  it.each([
    '',
    '0',
    '-1',
    '1.5',
    'x1',
    '1x',
    '9007199254740992',
    '00000000000000001',
    ' 1',
  ])('refuses --max-removals %j', (text) => {
    expect(() => parseMaxRemovals(text)).toThrow('--max-removals');
  });

  it.each([
    '.criu.mnt.',
    'a',
    'a b',
    'ü',
    '{a}',
    '\\',
    '!',
    '.',
    '..',
    'x'.repeat(249),
  ])('takes --prefix %j as it is', (text) => {
    expect(parsePrefix(text)).toBe(text);
  });

  it.each([
    ['', 'is empty'],
    ['a/b', 'contains a slash'],
    ['a*', "'*' would be taken literally"],
    ['a?b', "'?' would be taken literally"],
    ['[a]', "'[' would be taken literally"],
    ['x'.repeat(250), 'longer than a name can be'],
    ['ü'.repeat(125), 'longer than a name can be'],
  ])('refuses --prefix %j, which %s', (text, words) => {
    expect(() => parsePrefix(text)).toThrow(words);
  });

  it('asks for the uid of a name', () => {
    expect(parseOwner('root')).toBe(0);
    expect(() => parseOwner('no-such-user-here')).toThrow('is no user here');
    expect(() => parseOwner('4294967295')).toThrow('larger than a uid');
  });

  it('is, without options, for what is older than an hour, the user’s own, on one file system', () => {
    expect(DEFAULT_AGE_MS).toBe(3_600_000);
    expect(defaultPolicy(7)).toEqual({
      ...{ kinds: CATALOGUE, olderThanMs: 3_600_000, ageBy: 'mtime', owner: 7, mode: 0o700 },
      ...{ maxDepth: null, crossDevice: false, exclude: [] },
    });
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
