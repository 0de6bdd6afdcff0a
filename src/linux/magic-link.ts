import { readlinkSync } from 'node:fs';
import type { Bytes, Facts } from '../model/model.ts';
import { asBytes, encode } from './bytes.ts';
import { errnoOf } from './errno.ts';
import { statPath } from './lstat.ts';
import { attempt, GONE, type Seen, type Unread } from './seen.ts';

/** stat(2) of the file that a magic link of /proc leads to, in whatever mount namespace that is. */
export function statLink(path: string): Seen<Facts> {
  return attempt(() => statPath(encode(path)));
}

/**
 * The text of a magic link of /proc: the path of its target as we would call it, or its kind if it has no
 * path.
 */
export function readLink(path: string): Seen<Bytes> {
  return attempt(() => exactLink(path));
}

/** Read as UTF-8 first, in two thirds of the time that any other encoding takes. */
function exactLink(path: string, part = (text: string): string => text): Bytes {
  const text = readlinkSync(path);
  return text.includes('\ufffd') ? asBytes(part(readlinkSync(path, 'latin1'))) : encode(part(text));
}

/** The last name of a path, with its slash; the text itself where it is none, or only a slash. */
function lastName(text: string): string {
  return text.length > 1 && text.startsWith('/') ? text.slice(text.lastIndexOf('/')) : text;
}

/** As {@link readLink} for very many: the text alone, where it was seen, and of a path only its last name. */
export function linkName(path: string): Bytes | Unread {
  try {
    return exactLink(path, lastName);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    return GONE.includes(code) ? { kind: 'gone' } : { kind: 'hidden', code, syscall };
  }
}
