import { fchmodSync, fchownSync, fstatSync } from 'node:fs';
import { errnoOf } from '../linux/errno.ts';
import type { FileFacts } from './pinned-directory.ts';

/**
 * The errnos of fchown(2) that mean: this owner cannot be set here. EINVAL: our user namespace has none such.
 */
const NOT_TO_CHANGE = ['EPERM', 'EINVAL', 'ENOSYS', 'EOPNOTSUPP', 'EROFS'];

/**
 * Gives a new file the owner, group and mode of the file that it replaces. If the group cannot be kept, the
 * new file's group may do no more than everybody may. Throws every errno but those of {@link NOT_TO_CHANGE}.
 */
export function keepOwnerAndMode(fd: number, before: FileFacts): void {
  const now = fstatSync(fd, { bigint: true });
  const mode = Number(before.mode & 0o777n);
  const kept =
    (now.uid === before.uid && now.gid === before.gid) ||
    changeOwner(fd, Number(before.uid), Number(before.gid)) ||
    now.gid === before.gid ||
    changeOwner(fd, Number(now.uid), Number(before.gid));
  fchmodSync(fd, kept ? mode : (mode & 0o707) | ((mode & 0o007) << 3));
}

function changeOwner(fd: number, uid: number, gid: number): boolean {
  try {
    fchownSync(fd, uid, gid);
    return true;
  } catch (error) {
    if (NOT_TO_CHANGE.includes(errnoOf(error).code)) return false;
    throw error;
  }
}
