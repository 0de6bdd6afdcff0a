import { readdirSync, readFileSync, statSync } from 'node:fs';
import { errnoOf } from '../../linux/errno.ts';

/**
 * The content of a file or directory of the system; `hidden`: we may not look. One that does not exist has no
 * content.
 */
export type Held<T> = { readonly held: 'yes'; readonly value: T } | { readonly held: 'no' | 'hidden' };

/** Larger than this is no unit and no crontab. Bytes. */
const MOST_BYTES = 1024 * 1024;

/** The text of a regular file, links followed; its bytes as latin1. */
export function readSystemFile(path: string): Held<string> {
  return hold(() => {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MOST_BYTES ? readFileSync(path, 'latin1') : '';
  });
}

/** The names in a directory, as bytes. */
export function listSystemDirectory(path: string): Held<readonly string[]> {
  return hold(() => readdirSync(path, 'latin1').sort());
}

function hold<T>(read: () => T): Held<T> {
  try {
    return { held: 'yes', value: read() };
  } catch (error) {
    const { code } = errnoOf(error);
    return { held: code === 'EACCES' || code === 'EPERM' ? 'hidden' : 'no' };
  }
}
