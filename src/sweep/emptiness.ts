import { opendirSync, readdirSync } from 'node:fs';
import { fsPath } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { Bytes, Facts } from '../model/model.ts';

/**
 * st_size of an empty tmpfs directory in bytes: 20 for each entry, `.` and `..` included (BOGO_DIRENT_SIZE,
 * mm/shmem.c).
 */
const EMPTY_ON_TMPFS = 40;

/**
 * The same on XFS: the head of the short form, without an entry, with 4 or 8 bytes for the parent's inode number
 * (xfs_dir2_sf_hdr_size in fs/xfs/libxfs/xfs_da_format.h). An entry makes it at least 14.
 */
const EMPTY_ON_XFS: readonly number[] = [6, 10];

/** The same on btrfs: the size counts the bytes of names (btrfs_rmdir in fs/btrfs/inode.c asks the same). */
const EMPTY_ON_BTRFS = 0;

/** Whether a directory is empty, by lstat's size of it; `null` if only reading it can tell. */
export function emptyBySize({ dev, size }: Facts, mounts: OwnMounts): boolean | null {
  switch (mounts.fsTypeOf(dev)) {
    case 'tmpfs':
      return size >= EMPTY_ON_TMPFS ? size === EMPTY_ON_TMPFS : null;
    case 'xfs':
      return EMPTY_ON_XFS.includes(size) || null;
    case 'btrfs':
      return size === EMPTY_ON_BTRFS || null;
    default:
      return null;
  }
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
