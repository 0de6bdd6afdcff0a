import { Command } from 'commander';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/model/usage-error.ts';
import { afterOptions, readWords, refuseSwallowedOption } from '../../src/request/arguments.ts';

const { options } = new Command()
  .option('-n, --dry-run')
  .option('-v, --verbose')
  .option('-o, --output <file>')
  .option('--report <file>')
  .option('--dir <dir...>')
  .option('--maybe [value]')
  .option('-m, --many <name...>');

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

/** The words of a line: operands, options with their values, the dash. */
const wordsOf = (line: string) =>
  [...readWords(line.split(' '), options)].map((word) => {
    if (word.kind === 'operand') return word.word;
    return word.kind === 'option' && word.value !== null ? `option=${word.value}` : word.kind;
  });

test.each([
  ['a -n b', 'a option b'],
  ['a --report f b', 'a option=f b'],
  ['--report=f -o g -oh', 'option option=g option'],
  ['-nvo f', 'option=f'],
  ['--report -n', 'option=-n'],
  ['-o --', 'option=--'],
  ['--maybe -n', 'option option'],
  ['--maybe a', 'option=a'],
  ['--dir a b -n', 'option option'],
  ['--dir -n', 'option=-n'],
  ['--help a', 'answered a'],
  ['-h -V --version --helper', 'answered answered answered unknown'],
  ['--bogus a', 'unknown a'],
  ['--dry-run=a b', 'unknown b'],
  ['-n -- -v', 'option separator'],
  ['- -n', '- option'],
  ['some -n other --report file more', 'some option other option=file more'],
  ['--verbose --dry-run a', 'option option a'],
  ['-m a b c -n d', 'option option d'],
  ['-nm a b -- c', 'option separator'],
  ['-m -n a', 'option=-n a'],
  ['-on a', 'option a'],
])('%s is read as %s', (line, words) => {
  expect(wordsOf(line)).toEqual(words.split(' '));
});

test.each([
  '--report -n a',
  '-o --report a',
  '-no -v',
  '-o -h',
  '--report --version',
  '--dir -n',
  '-o -- a',
])('%s: an option where a value belongs is refused', (line) => {
  const refuse = () => refuseSwallowedOption(line.split(' '), options);
  expect(refuse).toThrow(UsageError);
  expect(refuse).toThrow(/^-.*: its value is missing/);
});

test.each([
  '--report=-n a',
  '-o-n a',
  '--report -x a',
  '--report - a',
  '-n a --report f',
  '--bogus -n',
  '-n -v',
])('%s: nothing is swallowed', (line) => {
  expect(() => refuseSwallowedOption(line.split(' '), options)).not.toThrow();
});

test('the refusal names the option and the way to write such a value', () => {
  expect(() => refuseSwallowedOption(['--report', '-n'], options)).toThrow(
    "--report: its value is missing, and '-n' is an option itself (as a value it is written --report=-n)",
  );
  expect(() => refuseSwallowedOption(['a', '-o', '--'], options)).toThrow(
    '-o: its value is missing: write it before --',
  );
});
