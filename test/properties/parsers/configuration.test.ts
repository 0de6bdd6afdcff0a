import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfiguration } from '../../../src/criu/configuration.ts';
import { asBytes } from '../../../src/linux/bytes.ts';
import { holds } from '../../support/cases.ts';

/** A value of any bytes but a `#`, which cuts values off, a line's end, NUL, and a backslash, which may quote. */
const valueWith = (bytes: string) =>
  fc.string({ unit: fc.constantFrom(...bytes), minLength: 1, maxLength: 8 });
const word = valueWith('/ab.-=\xc3\xbc\xff').filter((value) => value !== '--');
const spaced = valueWith('/a b"-=\xff');

const blanks = fc.constantFrom(' ', '  ', ' \t', '\v ');
const indent = fc.constantFrom('', ' ', '\t', ' \t\v');
const comment = fc.constantFrom('', ' # c', ' \t#c d', ' x');
const withValue = fc.constantFrom('work-dir', 'log-file', 'images-dir', 'tree', 'config');
const flag = fc.constantFrom('tcp-established', 'shell-job', 'leave-running', 'tls');

/** A setting in each of the ways in which it may be written on a line. */
const written = fc.oneof(
  fc
    .record({ key: withValue, value: word, blank: blanks, end: comment })
    .map(({ key, value, blank, end }) => ({
      ...{ key, value },
      text: `${key}${blank.startsWith('\v') ? ' ' : blank}${value}${end}`,
    })),
  fc.tuple(withValue, word).map(([key, value]) => ({ key, value, text: `${key}\t${value}` })),
  fc
    .tuple(withValue, word, comment)
    .map(([key, value, end]) => ({ key, value, text: `${key}=${value}${end}` })),
  fc.tuple(withValue, spaced, comment).map(([key, value, end]) => ({
    ...{ key, value },
    text: `${key} "${value.replaceAll('"', '\\"')}"${end}`,
  })),
  fc.tuple(flag, comment).map(([key, end]) => ({ key, value: null, text: `${key}${end}` })),
);
const nothing = fc
  .constantFrom('', '#', '# work-dir /w', ' \t', '\t#log-file x')
  .map((text) => ({ text, key: null }));

test('is read to the settings that were written, in any of the ways that CRIU knows', () => {
  const line = fc.tuple(
    indent,
    fc.oneof({ weight: 3, arbitrary: written }, { weight: 1, arbitrary: nothing }),
  );
  return holds(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const text = lines.map(([before, { text }]) => `${before}${text}\n`).join('');
      const settings = lines.flatMap(([, each], index) =>
        each.key === null ? [] : [{ key: each.key, value: each.value, line: index + 1 }],
      );
      expect(parseConfiguration(asBytes(text))).toEqual(settings);
    }),
    500,
  );
});

test('any text is read to settings of its lines, in their order, and each line by itself', () => {
  const any = fc.string({ unit: fc.constantFrom(...'\n\n\t "\\#-=\0qz\xff'), maxLength: 100 });
  return holds(
    fc.property(any, (text) => {
      const settings = parseConfiguration(asBytes(text));
      const lines = settings.map(({ line }) => line);
      expect(lines).toEqual(lines.toSorted((one, other) => one - other));
      for (const { key, value, line } of settings) {
        const here = (text.split('\n')[line - 1] ?? '').split('\0')[0] ?? '';
        // A value that begins with `--` is an option for getopt_long(3), without the backslashes of its quotes.
        expect(`${here}\n${here.replaceAll('\\"', '"')}`).toContain(key);
        expect([value?.includes('\n'), value?.includes('\0'), key.includes('\n')]).not.toContain(true);
      }
      // What C's strings do not reach, and comments, change nothing.
      const less = text.replace(/\0[^\n]*/g, '');
      expect(parseConfiguration(asBytes(less))).toEqual(settings);
      expect(parseConfiguration(asBytes(`${text}\n# work-dir /w`))).toEqual(settings);
      const after = parseConfiguration(asBytes(`#\n${text}`));
      expect(after).toEqual(settings.map((each) => ({ ...each, line: each.line + 1 })));
    }),
    500,
  );
});
