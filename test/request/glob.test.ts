import { expect, test } from 'vitest';
import { UsageError } from '../../src/model/usage-error.ts';
import { type GlobTask, parseGlob } from '../../src/request/glob.ts';
import { takingApart } from '../../src/request/glob-mistake.ts';
import {
  hasSlashInGroup,
  PathPattern,
  type Progress,
  segmentsOf,
  spansNames,
} from '../../src/request/glob-pattern.ts';
import { parseSegment } from '../../src/request/glob-segment.ts';

const follow = (pattern: PathPattern, path: string): Progress =>
  segmentsOf(path).reduce((at, name) => pattern.step(at, name), pattern.start);
const wants = ({ wanted }: GlobTask, path: string) => wanted.accepts(follow(wanted, path));
const bases = (text: string) => (parseGlob(text) ?? []).map(({ base, literal }) => [base, literal]);

test.each(['/a/b', 'a', '/a b', '/a/.b', '-a', '/ü', '/a,b', '/a~'])('%s is no glob', (text) => {
  expect(parseGlob(text)).toBeNull();
});

test.each([
  ['/a/*/b', [['/a', false]]],
  ['/a/b*', [['/a', false]]],
  ['*/b', [['', false]]],
  ['/*', [['/', false]]],
  ['a/b/**', [['a/b', false]]],
  ['**', [['', false]]],
  // fast-glob takes an escape for a wildcard: the name itself is below, for a link there is not followed
  ['/a/\\*', [['/a', true]]],
  ['/a\\*/b/?', [['/a*/b', false]]],
  [
    '/{a,b}/c',
    [
      ['/a', true],
      ['/b', true],
    ],
  ],
  [
    '/a/{b,c*}',
    [
      ['/a', true],
      ['/a', false],
    ],
  ],
  ['/a/{b,c}', [['/a', true]]],
  [
    '{/a/b,/c}',
    [
      ['/', true],
      ['/a', true],
    ],
  ],
  ['../*', [['..', false]]],
  ['/a//b/*', [['/a/b', false]]],
  ['!/a/*', []],
])('%s begins in %j', (text, expected) => {
  expect(bases(text)).toEqual(expected);
});

test('a part that is no more than / names nothing', () => {
  expect(bases('{/,/a*}')).toEqual([['/', false]]);
});

test('a part without wildcards leads to its only name', () => {
  const [task] = parseGlob('/a/\\*') ?? [];
  expect(task?.wanted.onlyNames(task.wanted.start)).toEqual(['*']);
});

test('what begins in one directory is one walk', () => {
  const [task, ...more] = parseGlob('/a/{b*,*/c,d?}') ?? [];
  if (task === undefined) throw new Error('no task');
  expect(more).toEqual([]);
  const paths = ['b', 'bb', 'c', 'x/c', 'd', 'dd', 'e', 'b/c', 'b/d'];
  expect(paths.filter((path) => wants(task, path))).toEqual(['b', 'bb', 'x/c', 'dd', 'b/c']);
});

test('a part that is negated is left out, from its first name on', () => {
  const [{ unwanted } = { unwanted: new PathPattern([]) }, ...more] = parseGlob('{/a/*,!/a/b,!/c/*}') ?? [];
  expect(more).toEqual([]);
  const paths = ['a/b', 'a/c', 'b', 'c/x', 'c'];
  expect(paths.filter((path) => unwanted.accepts(follow(unwanted, path)))).toEqual(['a/b', 'c/x']);
});

test.each([
  '/a/*/../b',
  '*/..',
  '**/../a',
  '*/\\../a',
  '*/\\./a',
  '*/{\\.,b}',
])('%s: no directory that a name matches', (text) => {
  expect(() => parseGlob(text)).toThrow(UsageError);
});

test.each([
  '/a/*@(b/c|d)',
  '/a/{@(b/c|d),e*}',
  '/a/*[b/c]',
])('%s: a slash where names are matched', (text) => {
  expect(() => parseGlob(text)).toThrow('has a slash within parentheses or brackets');
});

test('a glob of more directories than anybody means is refused', () => {
  expect(() => parseGlob('/{1..101}/{1..100}/*')).toThrow('begins in 10100 directories');
  expect(bases('/{1..100}/{1..100}/*')).toHaveLength(10_000);
});

test('a mistake in a glob is the user’s, and anything else is not', () => {
  const told = (error: Error) => () =>
    takingApart('x', 'several', () => {
      throw error;
    });
  expect(told(new TypeError('t'))).toThrow(UsageError);
  expect(told(new RangeError('too long'))).toThrow('x: too long: write it as several');
  expect(told(new SyntaxError('s'))).toThrow(UsageError);
  expect(told(new Error('bug'))).not.toThrow(UsageError);
  expect(takingApart('x', 'several', () => 7)).toBe(7);
});

test('a progress says what can come next', () => {
  const pattern = new PathPattern([['a', '*'], ['a', 'b', 'c'], ['d']]);
  const at = (path: string) => follow(pattern, path);
  expect(pattern.onlyNames(pattern.start)).toEqual(['a', 'd']);
  expect(pattern.onlyNames(at('a'))).toBeNull();
  expect(pattern.onlyNames(at('a/b'))).toEqual(['c']);
  expect(pattern.onlyNames(at('d'))).toEqual([]);
  expect(pattern.onlyNames(at('x'))).toEqual([]);
  expect(['', 'a', 'a/b', 'a/b/c', 'd', 'd/e', 'x'].map((path) => pattern.leadsOn(at(path)))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(['', 'a', 'a/b', 'a/x', 'a/b/c', 'd', 'd/e'].map((path) => pattern.accepts(at(path)))).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('a globstar may match no name, any names, and leads on', () => {
  const pattern = new PathPattern([['a', '**', 'b']]);
  const paths = ['a', 'a/b', 'a/x/b', 'a/x/y/b', 'a/b/b', 'b', 'a/b/x'];
  expect(paths.filter((path) => pattern.accepts(follow(pattern, path)))).toEqual([
    'a/b',
    'a/x/b',
    'a/x/y/b',
    'a/b/b',
  ]);
  expect(pattern.onlyNames(follow(pattern, 'a'))).toBeNull();
  expect(pattern.leadsOn(follow(pattern, 'a/x/y'))).toBe(true);
  expect(new PathPattern([['**']]).accepts(new PathPattern([['**']]).start)).toBe(true);
});

test.each([
  ['/a/b/', ['a', 'b']],
  ['a//b', ['a', 'b']],
  ['./a/./b', ['a', 'b']],
  ['..', ['..']],
  ['', []],
])('%j has the segments %j', (pattern, segments) => {
  expect(segmentsOf(pattern)).toEqual(segments);
});

test.each([
  ['@(a/b|c)', true],
  ['(a/b|c)/d', true],
  ['a@(b|@(c)d/e)', true],
  ['a@(@(b/c)d)', true],
  ['a@(b)/@(c)', false],
  ['x[a/b]y*', true],
  ['x[ab/c]y*', true],
  ['x[a/bc]y*', true],
  ['a/b)*', false],
  ['a(b/*', false],
  ['a)b/*', false],
  ['a[b/*', false],
  ['a]b/*', false],
  ['[(]/[)]', false],
  ['\\(a/b\\)*', false],
  ['\\[a/b\\]*', false],
])('%s has a slash within a group: %s', (pattern, is) => {
  expect(hasSlashInGroup(pattern)).toBe(is);
});

test.each([
  ['@(a/b|c)', true],
  ['[a/b]', true],
  ['@(abc/d)', true],
  ['@([ab]/c)', true],
  ['@([)]/c)', true],
  ['@([])]/c)', true],
  ['@([!])]/c)', true],
  ['@([[:alpha:]]/c)', true],
  ['@(+(a)/b)', true],
  ['+(a)@(b|(c)d/e)', true],
  ['a[b/c', true],
  ['[ab]/c', false],
  ['[(]/b', false],
  ['[(ab]/c', false],
  ['a[bc/d', true],
  ['[[:alpha:]]/b', false],
  ['a)/@(b)/c', false],
  ['a)(b/c)', true],
  ['a/(b/c)/d', true],
  ['(a)/b', false],
  ['[a]/b', false],
  ['a/b', false],
  ['\\(a/b', false],
  ['\\[a/b', false],
  ['(a', false],
  ['(a\\)/b', true],
])('in %s a slash is within parentheses: %s', (pattern, is) => {
  expect(spansNames(pattern)).toBe(is);
});

test.each([
  ['a', 'a'],
  ['a\\*b', 'a*b'],
  ['\\a', 'a'],
  ['.a-b', '.a-b'],
  ['', ''],
  ['a*', null],
  ['?', null],
  ['[a]', null],
  ['a{b}', null],
  ['a"b', null],
  ['a|b', null],
  ['a\\', null],
])('%j has the only name %j', (segment, literal) => {
  expect(parseSegment(segment)).toMatchObject({ kind: 'name', literal });
});

test('two stars alone are a globstar', () => {
  expect(parseSegment('**')).toEqual({ kind: 'globstar' });
  expect(parseSegment('***')).toMatchObject({ kind: 'name', literal: null });
  expect(parseSegment('\\**')).toMatchObject({ kind: 'name', literal: null });
});

test.each([
  ['*a*b', ['ab', 'xaxb', 'aabb', 'ab\nb'], ['a', 'ba', 'abx', 'b']],
  ['a*', ['a', 'ab', 'aaa'], ['', 'ba']],
  ['*', ['', 'a', '.a', '\n'], []],
  ['?*?', ['ab', 'abc'], ['a', '']],
  ['a?c', ['abc', 'a.c'], ['ac', 'abbc', 'abd']],
  ['*?', ['a', 'ab'], ['']],
  ['a*b*c', ['abc', 'axbxc', 'abbcc'], ['ab', 'acb', 'abcd']],
  ['\\?*', ['?', '?a'], ['a', 'ab']],
  ['![a]', ['!a'], ['a', 'b']],
  ['*[ab]', ['a', '.a', 'xb'], ['ac']],
  ['[[:alpha:]]', ['a'], ['1', ':']],
  ['@(*|x)', ['a', 'a\nb', '.a'], []],
  ['!(x)', ['a', 'a\nb', '.a'], ['x']],
  ['a**b', ['ab', 'axb'], ['a', 'b']],
  // Several backslashes before another character are one to micromatch, and so to fast-glob.
  ['[a]\\\\\\\\b', ['a\\b'], ['ab', 'a\\\\b']],
  // At the end each pair is one, and so is a last one that quotes nothing.
  ['[a]\\\\\\\\\\', ['a\\\\\\'], ['a', 'a\\', 'a\\\\', 'a\\\\\\\\', 'aundefined\\']],
  ['[a]\\\\\\\\', ['a\\\\'], ['a', 'a\\', 'a\\\\\\', 'a\\\\\\\\', 'aundefined']],
  ['[a]\\\\\\\\\\\\', ['a\\\\\\'], ['a\\\\', 'a\\\\\\\\']],
  ['[a]\\\\', ['a\\'], ['a', 'a\\\\']],
])('%s matches these names', (segment, yes, no) => {
  const parsed = parseSegment(segment);
  if (parsed.kind !== 'name') throw new Error('no name');
  expect([...yes, ...no].filter(parsed.matches)).toEqual(yes);
});
