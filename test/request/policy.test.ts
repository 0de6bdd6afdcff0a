import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/criu/catalogue.ts';
import { UsageError } from '../../src/model/usage-error.ts';
import {
  chooseKinds,
  parseExclude,
  parseMaxDepth,
  parseMode,
  parseOwner,
  parsePrefix,
} from '../../src/request/policy.ts';

describe('the policy', () => {
  it.each([
    ['0700', 0o700],
    ['700', 0o700],
    ['0', 0],
    ['2700', 0o2700],
    ['0o755', 0o755],
    ['any', 'any'],
  ])('reads --mode %s', (text, expected) => {
    expect(parseMode(text)).toBe(expected);
  });

  it.each([
    '',
    '8',
    '0788',
    '07000',
    '77777',
    'rwx',
    '-700',
    '0x700',
    'ANY',
    '7 0',
  ])('refuses --mode %j', (text) => {
    expect(() => parseMode(text)).toThrow(UsageError);
  });

  it.each([
    ['0', 0],
    ['1000', 1000],
    ['root', 0],
    ['any', 'any'],
    ['4294967294', 4_294_967_294],
  ])('reads --owner %s', (text, expected) => {
    expect(parseOwner(text)).toBe(expected);
  });

  it.each([
    '',
    'no-such-user-here',
    '-1',
    '4294967295',
    '99999999999999999999',
    '1.5',
    '--help',
    'root; id',
  ])('refuses --owner %j', (text) => {
    expect(() => parseOwner(text)).toThrow(UsageError);
  });

  it.each(['0', '-1', '1.5', '', 'all', '1e3', '99999999999'])('refuses --max-depth %j', (text) => {
    expect(() => parseMaxDepth(text)).toThrow(UsageError);
  });

  it.each(['', 'a/b', '/', 'x'.repeat(250)])('refuses --prefix %j', (text) => {
    expect(() => parsePrefix(text)).toThrow(UsageError);
  });

  it.each(['', '/', '/var/**'])('refuses --exclude %j', (text) => {
    expect(() => parseExclude(text)).toThrow(UsageError);
  });

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
