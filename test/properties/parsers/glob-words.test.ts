import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/model/usage-error.ts';
import { parseGlob } from '../../../src/request/glob.ts';
import { takingApart } from '../../../src/request/glob-mistake.ts';
import { pathMatcher } from '../../../src/request/path-matcher.ts';
import { holds } from '../../support/cases.ts';

/** What picomatch reads otherwise than a shell: a quantifier of a group or class, and more than two backslashes. */
const OTHERWISE = /[)\]}][?*+]|\\{3}/;

test('a glob that is spelled out of a path matches that path', () => {
  const a = fc.constantFrom('a', 'b', 'ab', 'ü', '.x', '\n');
  /** A piece of a glob, and what it stands for. */
  const piece = fc.oneof(
    a.map((text) => [text, text] as const),
    a.map((text) => ['?'.repeat(text.length), text] as const),
    fc.constantFrom('a', 'b').map((text) => ['[ab]', text] as const),
    fc.constantFrom('a', 'b').map((text) => ['[^c]', text] as const),
    fc.constantFrom('a', 'ab').map((text) => ['{a,ab}', text] as const),
    fc.constantFrom('a', 'ab').map((text) => ['@(a|ab)', text] as const),
    fc.constantFrom('ab', 'abab').map((text) => ['+(ab)', text] as const),
    fc.constantFrom('*', '?', '[', '{', '}', '(', ')', '!', '\\').map((char) => [`\\${char}`, char] as const),
  );
  const stars = fc.oneof(a, fc.constant('')).map((text) => ['*', text] as const);
  const segment = fc
    .tuple(
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      fc.option(stars),
      fc.array(piece, { maxLength: 2 }),
    )
    .map(([before, star, after]) => [...before, ...(star === null ? [] : [star]), ...after])
    .map((parts) => [parts.map(([glob]) => glob).join(''), parts.map(([, text]) => text).join('')] as const)
    .filter(([glob, name]) => name !== '.' && name !== '..' && !OTHERWISE.test(glob));
  const below = fc
    .array(segment, { maxLength: 2 })
    .map((names) => ['**', names.map(([, name]) => name).join('/')] as const);
  const whole = fc
    .tuple(segment, fc.option(below), segment)
    .map((parts) => parts.filter((part) => part !== null));
  return holds(
    fc.property(whole, (parts) => {
      const glob = parts.map(([text]) => text).join('/');
      const path = parts.flatMap(([, text]) => (text === '' ? [] : [text])).join('/');
      expect([path, pathMatcher(glob)(path)]).toEqual([path, true]);
    }),
    500,
  );
});

test('a glob is taken apart or refused, never thrown over, and matching ends', () => {
  const words = [
    'a',
    '/',
    '*',
    '**',
    '?',
    '[a-c]',
    '[',
    ']',
    '{a,b}',
    '{',
    '}',
    ',',
    '!',
    '\\',
    '\\\\\\\\',
    '(',
    ')',
    '|',
    '@',
    '+',
  ];
  const glob = fc
    .array(fc.constantFrom(...words, '.', '..'), { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join(''));
  return holds(
    fc.property(glob, fc.string({ unit: 'grapheme-ascii', maxLength: 12 }), (some, path) => {
      try {
        const tasks = parseGlob(some);
        takingApart(some, 'several', () => pathMatcher(some))(path);
        // No part leads above where it begins.
        for (const { wanted } of tasks ?? [])
          expect(wanted.onlyNames(wanted.start) ?? []).not.toContain('..');
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
    500,
  );
});
