import { isUtf8 } from 'node:buffer';
import type { Bytes, Text } from '../model/model.ts';

/** Takes a string for bytes: one that was read with the encoding latin1, or is a part of such a one. */
export function asBytes(latin1: string): Bytes {
  return latin1 as Bytes;
}

/** As {@link asBytes}, for the entries of a directory. */
export function asEntries<Entry extends { readonly name: string }>(
  latin1: readonly Entry[],
): readonly (Entry & { readonly name: Bytes })[] {
  return latin1 as readonly (Entry & { readonly name: Bytes })[];
}

/** The bytes of a template literal of ASCII: bytes`/proc/${pid}/comm`. */
export function bytes(ascii: TemplateStringsArray, ...values: readonly (Bytes | number)[]): Bytes {
  return asBytes(String.raw({ raw: ascii }, ...values));
}

/** No bytes at all. */
export const EMPTY = bytes``;

const ASCII = /^[\0-\x7f]*$/;

/** A well-formed UTF-8 sequence read as latin1 (RFC 3629, section 4), or a byte that belongs to none. */
export const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/** The first of the surrogates that stand for single bytes: U+DC80 for 0x80 (PEP 383, "surrogateescape"). */
const SURROGATES = 0xdc00;
const SURROGATE = /([\udc80-\udcff])/u;

/**
 * The bytes of a JavaScript string for the kernel: its UTF-8, and the bytes that {@link toText} kept as
 * surrogates.
 */
export function encode(text: Text): Bytes {
  if (ASCII.test(text)) return asBytes(text);
  return asBytes(
    text
      .split(SURROGATE)
      .map((part) =>
        SURROGATE.test(part)
          ? String.fromCharCode(part.charCodeAt(0) - SURROGATES)
          : Buffer.from(part, 'utf8').toString('latin1'),
      )
      .join(''),
  );
}

/**
 * The bytes as text that {@link encode} turns back exactly: bytes that are not UTF-8 become lone surrogates.
 */
export function toText(bytes: Bytes): string {
  if (ASCII.test(bytes)) return bytes;
  return bytes.replace(SEQUENCE, (sequence) =>
    sequence.length === 1
      ? String.fromCharCode(SURROGATES + sequence.charCodeAt(0))
      : Buffer.from(sequence, 'latin1').toString('utf8'),
  );
}

/** Whether all of a text was UTF-8, so that no byte had to be kept as a surrogate (see {@link toText}). */
export function isExact(text: string): boolean {
  return !SURROGATE.test(text);
}

/** The bytes as UTF-8 for people, with U+FFFD for what is not UTF-8; `exact`: nothing was lost. */
export function decode(bytes: Bytes): { readonly text: string; readonly exact: boolean } {
  if (ASCII.test(bytes)) return { text: bytes, exact: true };
  const buffer = Buffer.from(bytes, 'latin1');
  return { text: buffer.toString('utf8'), exact: isUtf8(buffer) };
}

/** The bytes in the form that Node's fs calls take. */
export function fsPath(bytes: Bytes): string | Buffer {
  return ASCII.test(bytes) ? bytes : Buffer.from(bytes, 'latin1');
}

/** `parent/name`, also where the parent is `/`. */
export function joinPath(parent: Bytes, name: Bytes): Bytes {
  return asBytes(parent === '/' ? `/${name}` : `${parent}/${name}`);
}

/** The directory above an absolute path; of `/` itself. */
export function parentOf(path: Bytes): Bytes {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
