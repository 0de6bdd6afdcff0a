import { readdirSync } from 'node:fs';
import { asBytes, EMPTY, fsPath } from '../../linux/bytes.ts';
import { errnoOf } from '../../linux/errno.ts';
import { readSmallFile } from '../../linux/small-file.ts';
import type { Bytes } from '../../model/model.ts';

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
 * The text of a file, links followed. What is no regular file, or too large, has none.
 */
export function readSystemFile(path: Bytes): Held<Bytes> {
  const file = readSmallFile(fsPath(path), MOST_BYTES, 'latin1');
  return file.kind === 'failed'
    ? unheld(file.code)
    : { kind: 'held', value: file.kind === 'text' ? asBytes(file.text) : EMPTY };
}

/** The names in a directory. */
export function listSystemDirectory(path: Bytes): Held<readonly Bytes[]> {
  try {
    return { kind: 'held', value: readdirSync(fsPath(path), 'latin1').sort().map(asBytes) };
  } catch (error) {
    return unheld(errnoOf(error).code);
  }
}

function unheld(code: string): Held<never> {
  return { kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'hidden' };
}
