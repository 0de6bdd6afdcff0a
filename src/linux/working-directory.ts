import { closeSync, constants, openSync } from 'node:fs';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { decode, fsPath } from './bytes.ts';
import { type Errno, errnoOf } from './errno.ts';
import { isDirectory, lstatName, sameFile, statHere } from './lstat.ts';

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
  /** The call that failed. Where `moved` is false, we still stand where we stood; else we may stand anywhere. */
  | ({ readonly step: 'failed'; readonly moved: boolean } & Errno);

/** Steps from the directory we stand in into the one `name` is, as `expected` (an lstat of it) says. Never throws. */
export function stepInto(name: Bytes, expected: Identity): Step {
  try {
    changeDirectory(name);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    // open(2) says that the name is gone; where it opened what is not UTF-8, chdir(2) says that /proc is not there.
    if (code === 'ENOENT' && (syscall === 'open' || decode(name).exact)) return { step: 'gone' };
    // Neither is said of a directory: a file or a link has taken its place.
    if (code === 'ENOTDIR' || code === 'ELOOP') return { step: 'changed' };
    return { step: 'failed', moved: false, code, syscall };
  }
  return arrived(expected);
}

/** Steps out to the parent. Never throws. */
export function stepOut(parent: Identity): Step {
  try {
    process.chdir('..');
  } catch (error) {
    return { step: 'failed', moved: false, ...errnoOf(error) };
  }
  return arrived(parent);
}

/**
 * Steps from `/` down an absolute path whose links have been resolved, one component at a time, following no link.
 * All but `entered` leave us somewhere on the way. Never throws.
 */
export function stepDown(path: Bytes): Step {
  let step = stepToTop();
  for (const name of path.split('/')) {
    if (step.step !== 'entered') return step;
    if (name !== '') step = lookAndStep(name);
  }
  return step;
}

function stepToTop(): Step {
  try {
    process.chdir('/');
    return { step: 'entered', here: statHere() };
  } catch (error) {
    return { step: 'failed', moved: true, ...errnoOf(error) };
  }
}

function lookAndStep(name: Bytes): Step {
  let facts: Facts | null;
  try {
    facts = lstatName(name);
  } catch (error) {
    return { step: 'failed', moved: false, ...errnoOf(error) };
  }
  if (facts === null) return { step: 'gone' };
  return isDirectory(facts) ? stepInto(name, facts) : { step: 'changed' };
}

/** Tells whether we have come to where we wanted to go. */
function arrived(expected: Identity): Step {
  try {
    const here = statHere();
    return sameFile(here, expected) ? { step: 'entered', here } : { step: 'changed' };
  } catch (error) {
    return { step: 'failed', moved: true, ...errnoOf(error) };
  }
}

/**
 * chdir(2) of a name, or of a path without links. `process.chdir` takes only strings: what is not UTF-8 is entered
 * through its descriptor. Throws the errno of chdir(2) or open(2); then nothing moved.
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
    letGo(fd);
  }
}

/** Closes a descriptor that nothing was written to. It is closed whatever close(2) says, and nothing is lost. */
function letGo(fd: number): void {
  try {
    closeSync(fd);
  } catch (error) {
    errnoOf(error);
  }
}
