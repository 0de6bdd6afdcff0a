import { bytes } from '../../linux/bytes.ts';
import { type Errno, errnoOf } from '../../linux/errno.ts';
import { lstatName, sameFile } from '../../linux/lstat.ts';
import { type Step, stepDown } from '../../linux/working-directory.ts';
import type { Bytes, Facts, Identity, Kind } from '../../model/model.ts';
import type { Before } from './list-before.ts';
import type { NameSet } from './name-set.ts';
import { type ListScope, namesIn } from './names-in.ts';

/** A directory after the command has ended. */
export type After =
  | {
      readonly kind: 'listed';
      /** Absolute, no component of it a link. */
      readonly resolved: Bytes;
      readonly identity: Identity;
      /** The leftovers' names that appeared in it. */
      readonly names: NameSet;
      /** It was not listed before, so what appeared in it is told by when it was made. */
      readonly foundMeanwhile: boolean;
    }
  | { readonly kind: 'missing' }
  | ({ readonly kind: 'failed' } & Errno);

/** When the command ran, in milliseconds since 1970: what was made then is its. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The facts known from before the command. */
export interface Known {
  /** Whether a name was there before, in this directory or in the one whose place it has taken. */
  readonly hadBefore: (name: Bytes, kind: Kind, directory: Identity) => boolean;
  /** Whether a directory of this identity was listed, by whatever path. */
  readonly isListed: (directory: Identity) => boolean;
  readonly span: Span;
}

/**
 * Lists what appeared in a directory. We step there from `/` one name at a time, following no link: a link
 * that was put on the way meanwhile may be anybody's, and makes the directory `changed`. So does another
 * directory in its place, unless that was made meanwhile.
 */
export async function listAfter(
  before: Extract<Before, { readonly kind: 'listed' | 'missing' | 'unlisted' }>,
  placeNow: (path: Bytes) => Bytes,
  scope: ListScope,
  known: Known,
): Promise<After> {
  // Nothing can be made in a directory that was removed.
  if (before.resolved === null) return { kind: 'missing' };
  const resolved = placeNow(before.resolved);
  try {
    const step = stepDown(resolved);
    if (step.kind !== 'entered') return notEntered(step);
    const { here } = step;
    const identity: Identity = { dev: here.dev, ino: here.ino };
    const foundMeanwhile = !known.isListed(identity);
    if (!isExpected(before, identity) && foundMeanwhile && !isMadeIn(here, known.span))
      return { kind: 'failed', code: 'changed', syscall: 'chdir' };
    const names = await namesIn(bytes`.`, here.size, scope, (name, kind) => {
      if (known.hadBefore(name, kind, identity)) return false;
      return !foundMeanwhile || nameIsMadeIn(name, known.span);
    });
    return { kind: 'listed', resolved, identity, names, foundMeanwhile };
  } catch (error) {
    const errno = errnoOf(error);
    // Somebody removed the directory we stand in (readdir(3)).
    return errno.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'failed', ...errno };
  }
}

/** Whether this is the directory that was there before, or was seen; where nothing was, any is. */
function isExpected(before: Before, here: Identity): boolean {
  switch (before.kind) {
    case 'listed':
      return sameFile(before.identity, here);
    case 'unlisted':
      return before.identity === null || sameFile(before.identity, here);
    default:
      return true;
  }
}

function notEntered(step: Exclude<Step, { readonly kind: 'entered' }>): After {
  switch (step.kind) {
    case 'gone':
      return { kind: 'missing' };
    case 'changed':
      return { kind: 'failed', code: 'changed', syscall: 'chdir' };
    case 'failed':
      return { kind: 'failed', code: step.code, syscall: step.syscall };
  }
}

/**
 * Whether what this name is, in the directory we stand in, was made in that time. Throws lstat(2)'s errno.
 */
export function nameIsMadeIn(name: Bytes, span: Span): boolean {
  const facts = lstatName(name);
  return facts !== null && isMadeIn(facts, span);
}

/** By the birth time, or where the file system keeps none by the last change. */
function isMadeIn({ birthtimeMs, ctimeMs }: Facts, { from, to }: Span): boolean {
  const madeAt = birthtimeMs === 0 ? ctimeMs : birthtimeMs;
  return madeAt >= from && madeAt <= to;
}
