import { accessSync, constants } from 'node:fs';
import { type Errno, errnoOf } from '../linux/errno.ts';
import { statHere } from '../linux/lstat.ts';
import type { Facts, Place } from '../model/model.ts';

/** S_ISVTX of inode(7), which Node has no name for. */
const STICKY = 0o1000;

/** What a directory says of the removal of its entries. */
interface Rights {
  /** Why nothing can be removed from it. */
  readonly refusal: Errno | null;
  /** Whose entries can be removed from it, where it is sticky: only these users' and our own. */
  readonly sticky: { readonly owner: number } | null;
}

/** The directory that was looked at last: its candidates come one after the other, and one look is enough for them. */
let last: { readonly place: Place; readonly rights: Rights } | null = null;

/**
 * What rmdir(2) of an entry of the directory we stand in would say, as far as access(2) of the directory tells: EROFS,
 * EACCES, EPERM of an immutable one; and EPERM of another user's entry of a sticky one (unlink(2)). `null`: nothing
 * speaks against it. Changes nothing.
 *
 * @param facts the entry's
 */
export function refusalOf(parent: Place, facts: Facts): Errno | null {
  if (last?.place !== parent) last = { place: parent, rights: rightsHere() };
  const { rights } = last;
  if (rights.refusal !== null || rights.sticky === null) return rights.refusal;
  const us = process.geteuid?.();
  const mayRemove = us === 0 || us === facts.uid || us === rights.sticky.owner;
  return mayRemove ? null : { code: 'EPERM', syscall: 'rmdir' };
}

/** Whatever errno comes here, the removal would meet it as well, or is not known to succeed. */
function rightsHere(): Rights {
  try {
    accessSync('.', constants.W_OK | constants.X_OK);
    const { mode, uid } = statHere();
    return { refusal: null, sticky: (mode & STICKY) === 0 ? null : { owner: uid } };
  } catch (error) {
    return { refusal: errnoOf(error), sticky: null };
  }
}
