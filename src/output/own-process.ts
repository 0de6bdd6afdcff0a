import { readlinkSync } from 'node:fs';
import { bytes } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import { lstatFacts, type PinnedDirectory } from './pinned-directory.ts';

/** Whether a directory below /proc really lies in the file system that is mounted there. */
export function isProcFileSystem({ facts, path }: PinnedDirectory): boolean {
  if (path !== '/proc' && !path.startsWith('/proc/')) return false;
  const proc = lstatFacts(bytes`/proc/self/.`);
  return proc !== null && proc.dev === facts.dev;
}

/**
 * The number of this process in the pid namespace that /proc shows, which may be another than ours. `null`:
 * /proc does not tell.
 */
export function ownNumber(): string | null {
  try {
    return readlinkSync('/proc/self', 'latin1');
  } catch (error) {
    // Any errno: then no descriptor is known to be ours.
    assertErrno(error);
    return null;
  }
}
