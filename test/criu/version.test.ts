import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affected, compareVersions, parseVersion } from '../../src/criu/version.ts';
import { asBytes } from '../../src/linux/bytes.ts';

describe('the version', () => {
  it.each([
    ['Version: 3.17.1\n', '3.17.1', [3, 17, 1], '', null],
    ['Version: 3.16\n', '3.16', [3, 16, 0], '', null],
    ['Version: 4.2\nGitID: v4.2-3-gdeadbee\n', '4.2', [4, 2, 0], '', 'v4.2-3-gdeadbee'],
    ['Version: 3.17.1 (gitid 0)', '3.17.1', [3, 17, 1], '', null],
    ['Version: 3.18 (gitid v3.18-1-g0)', '3.18', [3, 18, 0], '', 'v3.18-1-g0'],
    ['Version: 1.0-rc2\n', '1.0-rc2', [1, 0, 0], '-rc2', null],
    ['Version: 3.16.1.dev\n', '3.16.1.dev', [3, 16, 1], '.dev', null],
    ['Version: 2.12.0.3\r\n', '2.12.0.3', [2, 12, 0], '.3', null],
    ['Version: 3.16.1-2ubuntu1\n', '3.16.1-2ubuntu1', [3, 16, 1], '-2ubuntu1', null],
    ['Version: 12.34.56\n', '12.34.56', [12, 34, 56], '', null],
    ['Version:3.17\nGitID:v3.17\n', '3.17', [3, 17, 0], '', 'v3.17'],
    ['Version: \t3.17\nGitID: \t v3.17\n', '3.17', [3, 17, 0], '', 'v3.17'],
    ['Version: 3.17\nno GitID: v3.17\n', '3.17', [3, 17, 0], '', null],
    ['a warning first\nVersion: 3.11\n', '3.11', [3, 11, 0], '', null],
  ])('in %j', (text, written, [major, minor, sublevel], extra, gitId) => {
    expect(parseVersion(asBytes(text))).toEqual({ text: written, major, minor, sublevel, extra, gitId });
  });

  it.each([
    '',
    'Version:',
    'Version: 3',
    'Version: x.y',
    'Version: 3.',
    'Version: 99999.1',
    'Version: 3.99999',
    'Version: 3.16.99999',
    'version 3.16',
    'Kernel Version: 6.1',
    '3.16.1',
    `${' '.repeat(5000)}\nVersion: 3.16`,
  ])('is not in %j', (text) => expect(parseVersion(asBytes(text))).toBeNull());

  it('is looked for in any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (rubbish) => {
        const version = parseVersion(asBytes(`Version: ${rubbish}`));
        expect(version === null || Number.isSafeInteger(version.sublevel)).toBe(true);
      }),
    );
  });

  it.each([
    ['0.5', false],
    ['3.15', false],
    ['3.15.9', false],
    ['3.16', true],
    ['3.16.1', true],
    ['3.16.99', true],
    ['3.17', false],
    ['3.17.1', false],
    ['4.2', false],
    ['4.16', false],
  ])('%s leaks at every dump: %s', (text, leaks) => {
    expect(affected(parseVersion(asBytes(`Version: ${text}`)))).toBe(leaks);
  });

  it.each([
    ['Version: 3.15 (gitid v3.14-348-gb98bbda8e)', null],
    ['Version: 3.15\nGitID: v3.15-307-gabcdef012\n', null],
    ['Version: 3.15\nGitID: v3.15\n', false],
    ['Version: 3.16.1+dfsg-1ubuntu2', true],
    ['Version: 3.16\nGitID: v3.16\n', true],
    ['Version: 3.16.1\nGitID: v3.16.1\n', true],
    ['Version: 3.16.1\nGitID: v3.16.1-27-gc750e62ca\n', null],
    ['Version: 3.16.1 (gitid v3.16.1-dirty)', null],
    ['Version: 3.16.1 (gitid c750e62ca)', null],
    ['Version: 3.16.1.dev', null],
    ['Version: 3.16.1-crac (gitid 0)', null],
    ['Version: 3.16.1-2ubuntu1', true],
    ['Version: 3.17.1-crac (gitid 8926431+1)', false],
    ['Version: 3.14 (gitid v3.14-12-gabcdef012)', false],
    ['Version: 3.17 (gitid v3.17-18-gcd0ed7e54)', false],
  ])('%j leaks at every dump: %s', (text, leaks) => {
    expect(affected(parseVersion(asBytes(text)))).toBe(leaks);
  });

  it('that is not known may or may not leak', () => expect(affected(null)).toBeNull());

  it('is ordered by its numbers', () => {
    const sorted = ['0.5', '2.12', '3.9', '3.16', '3.16.1', '3.17', '4.0'];
    const shuffled = ['3.17', '3.9', '4.0', '0.5', '3.16.1', '2.12', '3.16'];
    const versions = shuffled.flatMap((text) => parseVersion(asBytes(`Version: ${text}`)) ?? []);
    expect(versions.sort(compareVersions).map(({ text }) => text)).toEqual(sorted);
  });
});
