import { constants, fstatSync, openSync, readSync } from 'node:fs';
import { fsPath } from '../linux/bytes.ts';
import { release } from '../linux/release.ts';
import type { Place } from './destination.ts';
import { CAREFULLY } from './pinned-directory.ts';
import { isPlacedByUs } from './trust.ts';

/**
 * Reads the beginning of a regular file that is to be replaced. Reads nothing from a file that another user
 * may have put there. Throws the errno of what failed.
 *
 * @param bytes the most to read
 */
export function readHead({ directory, name, facts, kind }: Place, bytes: number): string {
  if (kind !== 'file' || facts === null || !isPlacedByUs(facts, directory.facts)) return '';
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
