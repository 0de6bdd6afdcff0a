import { expect, test } from 'vitest';
import { anyOf, nearest } from '../../../src/request/mistakes/nearest.ts';

const KNOWN = ['inspect', 'doctor', 'run', 'schedule', 'Catalogue'];

test.each([
  ['inspekt', ['inspect']],
  ['INSPECT', ['inspect']],
  ['catalog', ['Catalogue']],
  ['rum', ['run']],
  ['ru', ['run']],
  ['r', []],
  ['xyzzy', []],
  ['docter', ['doctor']],
  // two of five letters are wrong, three of five are too many
  ['dohto', ['doctor']],
  ['dxxto', []],
])('%s is most like %j', (word, like) => {
  expect(nearest(word, KNOWN)).toEqual(like);
});

test('all that are equally near are named, each once', () => {
  expect(nearest('bat', ['cat', 'hat', 'cat', 'dog'])).toEqual(['cat', 'hat']);
  expect(nearest('a', [])).toEqual([]);
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
  [['bash', 'zsh', 'fish'], 'bash, zsh or fish'],
])('%j is written %s', (words, text) => {
  expect(anyOf(words)).toBe(text);
});
