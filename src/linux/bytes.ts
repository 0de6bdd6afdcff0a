import { isUtf8 } from 'node:buffer';
import type { Bytes } from '../model/model.ts';

const ASCII = /^[\0-\x7f]*$/;

/** A well-formed UTF-8 sequence as it looks in latin1 (RFC 3629, section 4), or a byte that belongs to none. */
export const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/** Where the surrogates begin that stand for a byte of their own: U+DC80 for 0x80 (PEP 383, "surrogateescape"). */
const SURROGATES = 0xdc00;
const SURROGATE = /([\udc80-\udcff])/u;

/** Bytes of a JavaScript string as the kernel gets them: its UTF-8, and what {@link toText} made of other bytes. */
export function encode(text: string): Bytes {
  if (ASCII.test(text)) return text;
  return text
    .split(SURROGATE)
    .map((part) =>
      SURROGATE.test(part)
        ? String.fromCharCode(part.charCodeAt(0) - SURROGATES)
        : Buffer.from(part, 'utf8').toString('latin1'),
    )
    .join('');
}

/** The bytes as text that {@link encode} turns back into exactly them: what is not UTF-8 becomes lone surrogates. */
export function toText(bytes: Bytes): string {
  if (ASCII.test(bytes)) return bytes;
  return bytes.replace(SEQUENCE, (sequence) =>
    sequence.length === 1
      ? String.fromCharCode(SURROGATES + sequence.charCodeAt(0))
      : Buffer.from(sequence, 'latin1').toString('utf8'),
  );
}

/** Whether text is what it seems, with no byte in it that is not UTF-8 (see {@link toText}). */
export function isExact(text: string): boolean {
  return !SURROGATE.test(text);
}

/** What a person reads: the bytes as UTF-8, U+FFFD where they are none; `exact` tells whether nothing was lost. */
export function decode(bytes: Bytes): { readonly text: string; readonly exact: boolean } {
  if (ASCII.test(bytes)) return { text: bytes, exact: true };
  const buffer = Buffer.from(bytes, 'latin1');
  return { text: buffer.toString('utf8'), exact: isUtf8(buffer) };
}

/** The bytes as Node's fs calls take them. */
export function fsPath(bytes: Bytes): string | Buffer {
  return ASCII.test(bytes) ? bytes : Buffer.from(bytes, 'latin1');
}

/** `parent/name`, also where the parent is `/`. */
export function joinPath(parent: Bytes, name: Bytes): Bytes {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}
