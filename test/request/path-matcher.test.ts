import micromatch from 'micromatch';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/model/usage-error.ts';
import { excludeMatcher } from '../../src/request/exclude.ts';
import { pathMatcher } from '../../src/request/path-matcher.ts';
import { NAMES, SEGMENTS } from '../support/globs.ts';

const PATH_NAMES = [...NAMES, 'a\nb'];
const PATHS = [
  ...PATH_NAMES,
  ...PATH_NAMES.flatMap((one) => PATH_NAMES.map((two) => `${one}/${two}`)),
  ...['a/b/c', 'a/a/a', 'ab/.x/b', 'a/b/c/ab', '.x/.x/.x', 'b/a/b/a/b', 'c/a/b'],
];
const GLOB_SEGMENTS = [...SEGMENTS, '??', 'a**b', '{a/b,c}'];
const GLOBS = [
  ...GLOB_SEGMENTS,
  ...GLOB_SEGMENTS.flatMap((segment) => [
    ...[`a/${segment}`, `${segment}/b`, `*/${segment}`, `${segment}/*`, `${segment}/**`, `!${segment}`],
  ]),
  ...GLOB_SEGMENTS.filter((segment) => segment !== '**').map((segment) => `**/${segment}`),
  ...[
    'a/*/**',
    '@([ab]/c)',
    '@(+(a)/b|c)',
    '*(b|[a]/b)',
    '@([[:alpha:]]/b)',
    'b/a*/**',
    '@(a/b|c)*/**',
    '{a\\*,b}',
    'a/**/b',
    '**/a/**/b',
    'a/*/c',
    '!!a',
    '!!!a',
    '!(a)',
    '@(a/b|c)',
    '@(a/b|c)/',
    '@(a/b|c)/*',
    '{@(a/b|c)/,d}',
    'a/',
    '*/b/',
    './a',
    'a//b',
    'a/./b',
    '!{a,b}/*',
  ],
];
/** Here micromatch is not asked: it takes `!(a)` for what does not begin with `a`, and a `.` for a name. */
const DIFFERENT = new Set(['!(a)', './a', 'a//b', 'a/./b']);

/** fast-glob asks for a directory with a slash at its end as well; only behind a final `**`, or `/`, that differs. */
const theirs = (glob: string) => {
  const matches = micromatch.matcher(glob, { dot: true, posix: true });
  return (path: string) =>
    matches(path) || (/\/(?:\*\*\}?|,d\})?$/.test(glob) && !glob.startsWith('!') && matches(`${path}/`));
};

test.each(
  GLOBS.filter((glob) => !DIFFERENT.has(glob)),
)('%s matches directories as fast-glob does', (glob) => {
  const ours = pathMatcher(glob);
  const like = theirs(glob);
  const oneLine = PATHS.filter((path) => !path.includes('\n'));
  expect(oneLine.filter(ours)).toEqual(oneLine.filter((path) => like(path)));
});

test.each([
  ['*', 'a\nb'],
  ['a?b', 'a\nb'],
  ['**', 'a/a\nb'],
  ['a[!x]b', 'a\nb'],
  ['!(x)', 'a\nb'],
  ['@(a/*|c)', 'a/a\nb'],
  ['!(a/b)', 'a\nb'],
])('%s matches a name with a line feed in it', (glob, path) => {
  expect(pathMatcher(glob)(path)).toBe(true);
});

test.each([
  ['\\\\ü\\\\', '\\ü\\'],
  ['\\\\.x\\\\', '\\.x\\'],
  ['*\\\\.x\\\\', 'a\\.x\\'],
  ['\\\\ü[b]', '\\üb'],
  ['@(\\\\ü/b)', '\\ü/b'],
  ['\\\\ü|b', '\\ü'],
])('%s matches a name with backslashes in it', (glob, path) => {
  expect(pathMatcher(glob)(path)).toBe(true);
});

test('a slash at the end says nothing, behind a final ** either', () => {
  expect(['c', 'c/x', 'a/b', 'b'].filter(pathMatcher('@(a/b|c)*/**//'))).toEqual(['c', 'c/x', 'a/b']);
});

test('a path is not what a negated group of paths has, a slash at its end or not', () => {
  expect(['a', 'a/b', 'b/a'].filter(pathMatcher('!(a/b)'))).toEqual(['a', 'b/a']);
});

test.each([
  ['./a', 'a'],
  ['a//b', 'a/b'],
  ['a/./b', 'a/b'],
])('a segment of %s that is no name is none', (glob, path) => {
  expect(pathMatcher(glob)(path)).toBe(true);
  expect(pathMatcher(glob)(`${path}/c`)).toBe(false);
});

test('a glob matches the very path that is written like it', () => {
  expect(pathMatcher('a[b')('a[b')).toBe(true);
  expect(pathMatcher('[a]')('[a]')).toBe(true);
  expect(pathMatcher('!a')('!a')).toBe(true);
  expect(pathMatcher('a\\*')('a\\*')).toBe(true);
});

test('a glob with a slash in parentheses is matched as a whole path', () => {
  expect(['a/.x', '.x', 'c', 'a/b/c'].filter(pathMatcher('@(a/*|.*|c)'))).toEqual(['a/.x', '.x', 'c']);
  expect(['a/b', '1/b'].filter(pathMatcher('@([[:alpha:]]/b)'))).toEqual(['a/b']);
  expect(['!a/b', 'a/b', 'c', 'd'].filter(pathMatcher('{!@(a/b),c}'))).toEqual(['!a/b', 'c']);
});

test('a path is matched the same whatever was matched before', () => {
  const matches = pathMatcher('a/**/c');
  const asked = ['a/b/c', 'a/b/d', 'a/c', 'ab/b/c', 'a/b', 'a/bb/c', 'a/b/b/c', 'x/b/c', 'a/x/b/c', 'a/x/c'];
  const alone = asked.map((path) => pathMatcher('a/**/c')(path));
  expect(asked.map((path) => matches(path))).toEqual(alone);
  expect(asked.toReversed().map((path) => matches(path))).toEqual(alone.toReversed());
  expect(alone).toEqual([true, false, true, false, false, true, true, false, true, true]);
});

test('the cost of a long path with many stars is bounded', () => {
  const long = `${'a/'.repeat(2000)}b`;
  expect(pathMatcher(`${'**/a/'.repeat(30)}c`)(long)).toBe(false);
  expect(pathMatcher(`${'*a'.repeat(30)}b`)('a'.repeat(2000))).toBe(false);
});

test('several globs exclude what one of them matches', async () => {
  const excludes = await excludeMatcher(['a', '*/b']);
  expect(['a', 'b', 'a/b', 'c/b', 'a/c'].filter((path) => excludes?.(path))).toEqual(['a', 'a/b', 'c/b']);
  expect(await excludeMatcher([])).toBeNull();
});

test.each([
  ['more parts than anybody writes', '{1..99999999}', 'write it as several --exclude'],
  ['braces and parentheses that cross', '{({a,b})a', 'its braces and parentheses cross'],
  ['a longer segment than micromatch takes', `[${'a'.repeat(70_000)}]`, 'write it as several --exclude'],
])('%s cannot be expanded, which is said', async (_, glob, words) => {
  await expect(excludeMatcher([glob])).rejects.toThrow(words);
  await expect(excludeMatcher([glob])).rejects.toThrow(`--exclude: '${glob}'`);
  await expect(excludeMatcher([glob])).rejects.toBeInstanceOf(UsageError);
});
