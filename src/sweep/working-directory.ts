import { closeSync, constants, openSync } from 'node:fs';
import { decode, fsPath } from '../bytes.ts';
import { errnoOf } from '../errno.ts';
import type { Bytes, Facts, Identity } from '../model.ts';
import { isDirectory } from './filter.ts';
import { lstatName, sameFile, statHere } from './lstat.ts';

/**
 * The working directory is how a directory is pinned by inode: every lookup is then of one bare name in it, so
 * nobody who renames directories above or beside can lead a lookup elsewhere.
 */
export type Step =
  | { readonly step: 'entered'; readonly here: Facts }
  /** Gone (ENOENT): nothing moved. */
  | { readonly step: 'gone' }
  /** A link, a file, or another directory than the one lstat saw. We may stand anywhere. */
  | { readonly step: 'changed' }
  /** The call that failed. We still stand where we stood. */
  | { readonly step: 'failed'; readonly code: string; readonly syscall: string };

/** Steps from the directory we stand in into the one `name` is, as `expected` (an lstat of it) says. */
export function stepInto(name: Bytes, expected: Identity): Step {
  try {
    changeDirectory(name);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    // open(2) says that the name is gone; where it opened what is not UTF-8, chdir(2) says that /proc is not there.
    if (code === 'ENOENT' && (syscall === 'open' || decode(name).exact)) return { step: 'gone' };
    return code === 'ENOTDIR' || code === 'ELOOP' ? { step: 'changed' } : { step: 'failed', code, syscall };
  }
  const here = whereWeStand();
  return here !== null && sameFile(here, expected) ? { step: 'entered', here } : { step: 'changed' };
}

/** Steps out to the parent. False: it is not the directory we came from, and we may stand anywhere. */
export function stepOut(parent: Identity): boolean {
  try {
    process.chdir('..');
  } catch (error) {
    errnoOf(error);
    return false;
  }
  const here = whereWeStand();
  return here !== null && sameFile(here, parent);
}

/**
 * Steps from `/` down an absolute path whose links have been resolved, one component at a time, following no link.
 * `gone` and `failed` leave us somewhere on the way.
 */
export function stepDown(path: Bytes): Step {
  process.chdir('/');
  let here = statHere();
  for (const name of path.split('/')) {
    if (name === '') continue;
    const step = lookAndStep(name);
    if (step.step !== 'entered') return step;
    here = step.here;
  }
  return { step: 'entered', here };
}

function lookAndStep(name: Bytes): Step {
  try {
    const facts = lstatName(name);
    if (facts === null) return { step: 'gone' };
    return isDirectory(facts) ? stepInto(name, facts) : { step: 'changed' };
  } catch (error) {
    return { step: 'failed', ...errnoOf(error) };
  }
}

function whereWeStand(): Facts | null {
  try {
    return statHere();
  } catch (error) {
    errnoOf(error);
    return null;
  }
}

/**
 * chdir(2) of a name, or of a path without links. `process.chdir` takes only strings: what is not UTF-8 is entered
 * through its descriptor. Throws the errno of chdir(2) or open(2).
 */
export function changeDirectory(path: Bytes): void {
  const { text, exact } = decode(path);
  if (exact) {
    process.chdir(text);
    return;
  }
  const fd = openSync(fsPath(path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    process.chdir(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}
