import { isUtf8 } from 'node:buffer';
import type { Bytes } from './model.ts';

const ASCII = /^[\0-\x7f]*$/;

/** Bytes of a JavaScript string as the kernel gets them: its UTF-8. */
export function encode(text: string): Bytes {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
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
