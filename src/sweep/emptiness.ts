import { opendirSync, readdirSync } from 'node:fs';
import { fsPath } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import type { OwnMounts } from '../linux/mountinfo.ts';
import type { Bytes, Facts } from '../model/model.ts';

/**
 * st_size of an empty tmpfs directory in bytes: 20 for each entry, `.` and `..` included (BOGO_DIRENT_SIZE,
 * mm/shmem.c).
 */
const EMPTY_ON_TMPFS = 40;

/** Whether a directory is empty, by lstat's size of it; `null` if only reading it can tell. */
export function emptyBySize({ dev, size }: Facts, mounts: OwnMounts): boolean | null {
  return size >= EMPTY_ON_TMPFS && mounts.isTmpfs(dev) ? size === EMPTY_ON_TMPFS : null;
}

/** Whether a directory beside us is empty. Throws the errno of opendir(3) or readdir(3). */
export function isEmpty(name: Bytes, facts: Facts, mounts: OwnMounts): boolean {
  return emptyBySize(facts, mounts) ?? hasNoEntry(name, facts.size);
}

/**
 * Whether a directory is empty as far as we can see, so that it is worth asking who uses it. True also if it
 * cannot be read, whatever the errno: rmdir(2) will tell.
 */
export function seemsEmpty(name: Bytes, facts: Facts, mounts: OwnMounts): boolean {
  try {
    return isEmpty(name, facts, mounts);
  } catch (error) {
    assertErrno(error);
    return true;
  }
}

/** Bytes of st_size up to which reading a directory whole costs less than opening it for a single entry. */
const SMALL_DIRECTORY = 4096;

function hasNoEntry(name: Bytes, size: number): boolean {
  if (size <= SMALL_DIRECTORY) return readdirSync(fsPath(name)).length === 0;
  const directory = opendirSync(fsPath(name), { bufferSize: 1 });
  try {
    return directory.readSync() === null;
  } finally {
    directory.closeSync();
  }
}
