import { readdirSync } from 'node:fs';
import { errnoOf } from '../../linux/errno.ts';
import { readSmallFile } from '../../linux/small-file.ts';

/**
 * The content of a file or directory of the system; `absent`: it does not exist; `hidden`: it was not
 * seen.
 */
export type Held<T> =
  | { readonly kind: 'held'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'hidden' };

/** Larger than this is no unit and no crontab. Bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * The text of a file, links followed, its bytes as latin1. What is no regular file, or too large, has
 * none.
 */
export function readSystemFile(path: string): Held<string> {
  const file = readSmallFile(path, MOST_BYTES, 'latin1');
  return file.kind === 'failed'
    ? unheld(file.code)
    : { kind: 'held', value: file.kind === 'text' ? file.text : '' };
}

/** The names in a directory, as bytes. */
export function listSystemDirectory(path: string): Held<readonly string[]> {
  try {
    return { kind: 'held', value: readdirSync(path, 'latin1').sort() };
  } catch (error) {
    return unheld(errnoOf(error).code);
  }
}

function unheld(code: string): Held<never> {
  return { kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'hidden' };
}
