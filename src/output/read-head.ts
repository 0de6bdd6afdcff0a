import { constants, fstatSync, openSync, readSync } from 'node:fs';
import { fsPath } from '../linux/bytes.ts';
import { release } from '../linux/release.ts';
import type { Place } from './destination.ts';
import { isPrivate, isTrusted } from './locate.ts';
import { CAREFULLY } from './pinned-directory.ts';

/**
 * The beginning of a file that is to be replaced: at most so many bytes, and none of what is no file, or what somebody
 * else may have put there. Throws the errno of what failed.
 */
export function readHead({ directory, name, facts, kind }: Place, bytes: number): string {
  if (kind !== 'file' || facts === null || !(isTrusted(facts) || isPrivate(directory.facts))) return '';
  const fd = openSync(fsPath(directory.at(name)), constants.O_RDONLY | CAREFULLY);
  try {
    if (!fstatSync(fd).isFile()) return '';
    const buffer = Buffer.alloc(bytes);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes; length += read)
      read = readSync(fd, buffer, length, bytes - length, null);
    return buffer.toString('utf8', 0, length);
  } finally {
    release(fd);
  }
}
