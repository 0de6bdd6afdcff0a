import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  quoteForContainer,
  quoteForCron,
  quoteForExec,
  quoteForPaths,
  splitWords,
} from '../../../src/commands/schedule/command-words.ts';

test.each([
  ['criu-sweep', ['criu-sweep']],
  ['  a   b\t', ['a', 'b']],
  [`/usr/bin/env 'a b' "c \\"d\\" \\$e" f\\ g ''`, ['/usr/bin/env', 'a b', 'c "d" $e', 'f g', '']],
  [`a'b'"c"\\d`, ['abcd']],
  ['"a\\b"', ['a\\b']],
])('splits %j as a shell does', (line, words) => {
  expect(splitWords(line)).toEqual(words);
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  expect(printed.split('\0').slice(0, -1)).toEqual(words);
});

test.each(['', '  ', "a 'b", 'a "b', 'a\\'])('refuses %j as a command line', (line) => {
  expect(() => splitWords(line)).toThrow(/^--command: /);
});

/** What Vixie's cron, and its heirs, pass to the shell (do_command.c): up to the first % that is not escaped. */
function asCronReads(line: string): string {
  let command = '';
  let escaped = false;
  for (const character of line) {
    if (character === '%' && !escaped) return command;
    if (escaped && (character === '%' || character === '\\')) command = command.slice(0, -1);
    command += character;
    escaped = character === '\\' && !escaped;
  }
  return command;
}

const word = fc.string({ unit: 'binary' }).filter((text) => !/[\0\n\r\p{Surrogate}]/u.test(text));
const nasty = fc.string({ unit: fc.constantFrom(...`%\\'"$\`;&|(){}[]*?~#! a=-@:ü\t`) });

test('what is quoted for cron reaches the program as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(word, nasty), { minLength: 1 }), (words) => {
      const command = asCronReads(words.map(quoteForCron).join(' '));
      const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
      expect(printed.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 150 },
  );
});

test('no backslash comes before another, or a % of ours: crons differ in what they make of it', () => {
  fc.assert(
    fc.property(fc.oneof(word, nasty), (text) => {
      expect(quoteForCron(text)).not.toContain('\\\\');
      expect(quoteForCron(text).replaceAll('\\%', '')).not.toContain('%');
    }),
  );
});

test.each([
  ['/usr/bin/node', '/usr/bin/node'],
  ['a b', '"a b"'],
  ['100%', '"100%%"'],
  ['$HOME', '"$$HOME"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['a\nb\x7f', '"a\\x0ab\\x7f"'],
  ['', '""'],
  [';', '";"'],
])('%j is quoted for ExecStart= as %s', (text, quoted) => {
  expect(quoteForExec(text, false)).toBe(quoted);
});

test('the program itself keeps its $, since systemd replaces no variables there', () => {
  expect(quoteForExec('/opt/$x/%n', true)).toBe('"/opt/$x/%%n"');
});

test('paths and words of a container have the quotes of their own', () => {
  expect(quoteForPaths('/a b/"c"\\d%e$f')).toBe('"/a b/\\"c\\"\\\\d%%e$f"');
  expect(quoteForContainer('$(HOME) $$ a')).toBe('$$(HOME) $$$$ a');
});
