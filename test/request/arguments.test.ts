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
  ['', { kind: 'nothing' }],
  ['-n -v', { kind: 'nothing' }],
  ['a b', { kind: 'operand', index: 0, word: 'a' }],
  ['-n a', { kind: 'operand', index: 1, word: 'a' }],
  ['-nv a', { kind: 'operand', index: 1, word: 'a' }],
  ['-nvo f a', { kind: 'operand', index: 2, word: 'a' }],
  ['-of a', { kind: 'operand', index: 1, word: 'a' }],
  ['-o f a', { kind: 'operand', index: 2, word: 'a' }],
  ['--report f a', { kind: 'operand', index: 2, word: 'a' }],
  ['--report=f a', { kind: 'operand', index: 1, word: 'a' }],
  ['--report -- a', { kind: 'operand', index: 2, word: 'a' }],
  ['--report', { kind: 'nothing' }],
  ['--dir a b c -n d', { kind: 'operand', index: 5, word: 'd' }],
  ['--dir a b -- d', { kind: 'separator', index: 3 }],
  ['--dir=a b', { kind: 'operand', index: 1, word: 'b' }],
  ['--maybe a b', { kind: 'operand', index: 2, word: 'b' }],
  ['--maybe -n b', { kind: 'operand', index: 2, word: 'b' }],
  ['-- a', { kind: 'separator', index: 0 }],
  ['-n --', { kind: 'separator', index: 1 }],
  ['-', { kind: 'operand', index: 0, word: '-' }],
  ['--bogus a', { kind: 'unknown', index: 0 }],
  ['-n -x a', { kind: 'unknown', index: 1 }],
  ['-nx a', { kind: 'unknown', index: 0 }],
  ['-n --help a', { kind: 'nothing' }],
  ['-V a', { kind: 'nothing' }],
])('after the options of "%s" comes %j', (line, expected) => {
  expect(afterOptions(line === '' ? [] : line.split(' '), options)).toEqual(expected);
});
