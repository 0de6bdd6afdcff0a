import { readdirSync, readFileSync, statSync } from 'node:fs';
import { asBytes, fsPath } from '../../linux/bytes.ts';
import { errnoOf } from '../../linux/errno.ts';
import type { Bytes } from '../../model/model.ts';

/**
 * The content of a file or directory of the system; `hidden`: we may not look. One that does not exist has no
 * content.
 */
export type Held<T> = { readonly held: 'yes'; readonly value: T } | { readonly held: 'no' | 'hidden' };

/** Larger than this is no unit and no crontab. Bytes. */
const MOST_BYTES = 1024 * 1024;

/** The content of a regular file, links followed. */
export function readSystemFile(path: Bytes): Held<Bytes> {
  return hold(() => {
    const stats = statSync(fsPath(path));
    return asBytes(stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(fsPath(path), 'latin1') : '');
  });
}

/** The names in a directory. */
export function listSystemDirectory(path: Bytes): Held<readonly Bytes[]> {
  return hold(() => readdirSync(fsPath(path), 'latin1').sort().map(asBytes));
}

function hold<T>(read: () => T): Held<T> {
  try {
    return { held: 'yes', value: read() };
  } catch (error) {
    const { code } = errnoOf(error);
    return { held: code === 'EACCES' || code === 'EPERM' ? 'hidden' : 'no' };
  }
}
