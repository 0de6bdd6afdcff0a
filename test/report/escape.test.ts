import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBytes, encode } from '../../src/linux/bytes.ts';
import { escapeName, escapeText, jsonText } from '../../src/report/escape.ts';

const HARMFUL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const anyBytes = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('a printed name', () => {
  it.each([
    ['/var/lib/criu', '/var/lib/criu'],
    ['a b', 'a b'],
    ['\x1b[2J', '\\x1b[2J'],
    ['a\nb', 'a\\x0ab'],
    ['\0\x7f', '\\x00\\x7f'],
    ['back\\slash', 'back\\\\slash'],
    [encode('ünïcode ☕ 👩‍👩'), 'ünïcode ☕ 👩‍👩'],
    [encode('\u009b31m'), '\\u009b31m'],
    [encode('\u202egpj'), '\\u202egpj'],
    [encode('\u2066\u061c\u200f\u2028\u2029'), '\\u2066\\u061c\\u200f\\u2028\\u2029'],
    ['\xff', '\\xff'],
    ['\xc3', '\\xc3'],
    ['\xc3\xc3\xa9', '\\xc3é'],
    ['\xc0\xaf', '\\xc0\\xaf'],
    ['\xed\xa0\x80', '\\xed\\xa0\\x80'],
    ['\xf5\x80\x80\x80', '\\xf5\\x80\\x80\\x80'],
    ['\xe2\x82', '\\xe2\\x82'],
    [encode('\ufffd'), '\ufffd'],
  ])('%j is shown as %s', (name, expected) => {
    expect(escapeName(asBytes(name))).toBe(expected);
  });

  it('never lets a control byte through, nor a line break', () => {
    fc.assert(
      fc.property(anyBytes, (name) => !HARMFUL.test(escapeName(asBytes(name)))),
      { numRuns: 2000 },
    );
  });

  it('tells any two names apart', () => {
    fc.assert(
      fc.property(
        anyBytes,
        anyBytes,
        (one, other) => (escapeName(asBytes(one)) === escapeName(asBytes(other))) === (one === other),
      ),
    );
  });

  it('escapes text as it escapes names', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(fc.property(text, (some) => escapeText(some) === escapeName(encode(some))));
  });
});

describe('JSON', () => {
  it('escapes what could harm a terminal, and stays the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = jsonText({ value });
        expect(text).not.toMatch(HARMFUL);
        expect(JSON.parse(text)).toEqual({ value });
      }),
    );
  });
});
