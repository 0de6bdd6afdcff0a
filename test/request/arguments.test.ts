import { Command } from 'commander';
import { expect, test } from 'vitest';
import { afterOptions } from '../../src/request/arguments.ts';

const { options } = new Command()
  .option('-n, --dry-run')
  .option('-v, --verbose')
  .option('-o, --output <file>')
  .option('--report <file>')
  .option('--dir <dir...>')
  .option('--maybe [value]');

test.each([
  ['', { found: 'nothing' }],
  ['-n -v', { found: 'nothing' }],
  ['a b', { found: 'operand', index: 0, word: 'a' }],
  ['-n a', { found: 'operand', index: 1, word: 'a' }],
  ['-nv a', { found: 'operand', index: 1, word: 'a' }],
  ['-nvo f a', { found: 'operand', index: 2, word: 'a' }],
  ['-of a', { found: 'operand', index: 1, word: 'a' }],
  ['-o f a', { found: 'operand', index: 2, word: 'a' }],
  ['--report f a', { found: 'operand', index: 2, word: 'a' }],
  ['--report=f a', { found: 'operand', index: 1, word: 'a' }],
  ['--report -- a', { found: 'operand', index: 2, word: 'a' }],
  ['--report', { found: 'nothing' }],
  ['--dir a b c -n d', { found: 'operand', index: 5, word: 'd' }],
  ['--dir a b -- d', { found: 'separator', index: 3 }],
  ['--dir=a b', { found: 'operand', index: 1, word: 'b' }],
  ['--maybe a b', { found: 'operand', index: 2, word: 'b' }],
  ['--maybe -n b', { found: 'operand', index: 2, word: 'b' }],
  ['-- a', { found: 'separator', index: 0 }],
  ['-n --', { found: 'separator', index: 1 }],
  ['-', { found: 'operand', index: 0, word: '-' }],
  ['--bogus a', { found: 'unknown', index: 0 }],
  ['-n -x a', { found: 'unknown', index: 1 }],
  ['-nx a', { found: 'unknown', index: 0 }],
  ['-n --help a', { found: 'nothing' }],
  ['-V a', { found: 'nothing' }],
])('after the options of "%s" comes %j', (line, expected) => {
  expect(afterOptions(line === '' ? [] : line.split(' '), options)).toEqual(expected);
});
