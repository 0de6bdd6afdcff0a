import { accessSync, constants } from 'node:fs';
import { type Errno, errnoOf } from '../linux/errno.ts';
import { statHere } from '../linux/lstat.ts';
import type { Facts, Place } from '../model/model.ts';

/** S_ISVTX of inode(7), which Node has no name for. */
const STICKY = 0o1000;

/** The rights that a directory gives to remove its entries. */
interface Rights {
  /** The reason why nothing can be removed from it, if there is one. */
  readonly refusal: Errno | null;
  /** The owner of a sticky directory: only its owner, and the owner of an entry, can remove that entry. */
  readonly sticky: { readonly owner: number } | null;
}

/**
 * The last directory we looked at. Its candidates come one after the other, so one look is enough for all.
 */
let last: { readonly place: Place; readonly rights: Rights } | null = null;

/**
 * The errno that rmdir(2) of an entry of the directory we stand in would give, as far as access(2) of the
 * directory tells: EROFS, EACCES, EPERM of an immutable one; and EPERM for another user's entry of a sticky
 * one (unlink(2)). `null`: nothing speaks against it. Changes nothing.
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

/**
 * The rights of the directory we stand in. Any errno here is a refusal: the removal would meet it too, or we
 * do not know that it would succeed.
 */
function rightsHere(): Rights {
  try {
    accessSync('.', constants.W_OK | constants.X_OK);
    const { mode, uid } = statHere();
    return { refusal: null, sticky: (mode & STICKY) === 0 ? null : { owner: uid } };
  } catch (error) {
    return { refusal: errnoOf(error), sticky: null };
  }
}
