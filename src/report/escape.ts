import { asBytes, decode, encode, SEQUENCE } from '../linux/bytes.ts';
import type { Bytes, Text } from '../model/model.ts';

/** Text that needs no escaping: printable ASCII except the backslash. */
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/**
 * Characters that must not reach a terminal or a log unescaped: C0, DEL, C1, U+2028 and U+2029, and the marks
 * that change the direction of writing (Unicode Standard Annex #9: U+061C, U+200E, U+200F, U+202A-202E,
 * U+2066-2069).
 */
const HARMFUL = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const HARMFUL_OR_BACKSLASH = new RegExp(`\\\\|${HARMFUL.source}`, 'g');

/**
 * Escapes a name so that it may be printed: on one line, without control or direction characters, and never
 * the same for two names. Bytes that are not UTF-8 become `\xff`, control characters `\x1b`, others `\u202e`,
 * and the backslash `\\`.
 */
export function escapeName(name: Bytes): string {
  if (PLAIN.test(name)) return name;
  return name
    .replace(HARMFUL_ASCII, escapeCharacter)
    .replace(SEQUENCE, (sequence) =>
      sequence.length === 1
        ? hex(sequence)
        : decode(asBytes(sequence)).text.replace(HARMFUL_OR_BACKSLASH, escapeCharacter),
    );
}

const HARMFUL_ASCII = /[\\\x00-\x1f\x7f]/g;

/**
 * Escapes a text in the same way: a message, or words of the command line. These may have bytes that are not
 * UTF-8, as `toText` writes them.
 */
export function escapeText(text: Text): string {
  return PLAIN.test(text) ? text : escapeName(encode(text));
}

/** Writes JSON on one line. Characters that could harm a terminal are escaped too: `\u001b`, `\u202e`. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(HARMFUL, (character) => `\\u${hex4(character)}`);
}

/** The members of an object as {@link jsonText}, without its braces. */
export function jsonMembers(values: object): string {
  return jsonText(values).slice(1, -1);
}

function escapeCharacter(character: string): string {
  if (character === '\\') return '\\\\';
  return character < '\x80' ? hex(character) : `\\u${hex4(character)}`;
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function hex4(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}
