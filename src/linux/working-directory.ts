import { constants, openSync, realpathSync } from 'node:fs';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { asBytes, decode, fsPath } from './bytes.ts';
import { assertErrno, type Errno, errnoOf } from './errno.ts';
import { isDirectory, lstatName, sameFile, statHere } from './lstat.ts';
import { release } from './release.ts';

/**
 * A step of the working directory, which pins a directory by inode. Every lookup is then of one bare name in
 * it, so nobody who renames directories above or beside can redirect a lookup.
 */
export type Step =
  | { readonly kind: 'entered'; readonly here: Facts }
  /** Gone (ENOENT): nothing moved. */
  | { readonly kind: 'gone' }
  /** A link, a file, or another directory than the one lstat saw. We may stand anywhere. */
  | { readonly kind: 'changed' }
  /** The call that failed. If `moved` is false, we stand where we stood; otherwise we may stand anywhere. */
  | ({ readonly kind: 'failed'; readonly moved: boolean } & Errno);

/**
 * Steps from the directory we stand in into `name`, which must be `expected` (an lstat of it). Never throws.
 */
export function stepInto(name: Bytes, expected: Identity): Step {
  try {
    changeDirectory(name);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    // ENOENT of open(2): the name has gone. ENOENT of chdir(2) after an open(2), for a name that is not
    // UTF-8: /proc is not there.
    if (code === 'ENOENT' && (syscall === 'open' || decode(name).exact)) return { kind: 'gone' };
    // No directory gives these errnos: a file or a link has taken its place.
    if (code === 'ENOTDIR' || code === 'ELOOP') return { kind: 'changed' };
    return { kind: 'failed', moved: false, code, syscall };
  }
  return arrived(expected);
}

/**
 * Steps into a sibling of the directory we stand in, past the directory above. It must be the `expected` one, by an lstat
 * of its bare name in the directory that was above then. Never throws.
 *
 * Two components are safe here because nothing is believed of them but where we stand afterwards: if somebody
 * has moved the directory we stood in, `..` leads to another place, and what has the name there has another
 * inode. One that has the same is the directory that lstat saw, as after a step of one component. Nothing
 * else may go by such a path.
 */
export function stepAside(name: Bytes, expected: Identity): Step {
  const { text, exact } = decode(name);
  if (!exact) return { kind: 'gone' };
  try {
    process.chdir(`../${text}`);
  } catch (error) {
    return { kind: 'failed', moved: false, ...errnoOf(error) };
  }
  return arrived(expected);
}

/** Steps out to the parent. Never throws. */
export function stepOut(parent: Identity): Step {
  try {
    process.chdir('..');
  } catch (error) {
    return { kind: 'failed', moved: false, ...errnoOf(error) };
  }
  return arrived(parent);
}

/**
 * Steps from `/` down an absolute path without links, one component at a time, following no link. After any
 * other result than `entered` we stand somewhere on the way. Never throws.
 */
export function stepDown(path: Bytes): Step {
  let step = stepToTop();
  for (const name of path.split('/')) {
    if (step.kind !== 'entered') return step;
    if (name !== '') step = lstatAndStep(name);
  }
  return step;
}

function stepToTop(): Step {
  try {
    process.chdir('/');
    return { kind: 'entered', here: statHere() };
  } catch (error) {
    return { kind: 'failed', moved: true, ...errnoOf(error) };
  }
}

function lstatAndStep(name: Bytes): Step {
  let facts: Facts | null;
  try {
    facts = lstatName(name);
  } catch (error) {
    return { kind: 'failed', moved: false, ...errnoOf(error) };
  }
  if (facts === null) return { kind: 'gone' };
  return isDirectory(facts) ? stepInto(name, facts) : { kind: 'changed' };
}

/** Tells whether we have arrived at the expected directory. */
function arrived(expected: Identity): Step {
  try {
    const here = statHere();
    return sameFile(here, expected) ? { kind: 'entered', here } : { kind: 'changed' };
  } catch (error) {
    return { kind: 'failed', moved: true, ...errnoOf(error) };
  }
}

/**
 * Calls chdir(2) with a name, or with a path without links. `process.chdir` takes only strings, so a name
 * that is not UTF-8 is entered through a descriptor. Throws the errno of chdir(2) or open(2); then nothing
 * moved.
 */
function changeDirectory(path: Bytes): void {
  const { text, exact } = decode(path);
  if (exact) {
    process.chdir(text);
    return;
  }
  const fd = openSync(fsPath(path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    process.chdir(`/proc/self/fd/${fd}`);
  } finally {
    release(fd);
  }
}

/**
 * The path of the directory we stand in, as getcwd(3) has it: no link is followed. `null` if it has none
 * (ENOENT: it was removed), or if we cannot tell, whatever the errno.
 */
export function currentDirectory(): Bytes | null {
  try {
    return asBytes(realpathSync.native('.', 'latin1'));
  } catch (error) {
    assertErrno(error);
    return null;
  }
}
