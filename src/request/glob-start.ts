import { realpathSync } from 'node:fs';
import { asBytes, encode, fsPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { statPath } from '../linux/lstat.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes, Identity } from '../model/model.ts';
import type { Bearings } from './bearings.ts';
import { isClosedToWalks, isKernelFileSystem } from './forbidden.ts';
import type { GlobTask } from './glob.ts';

/** The facts that decide whether a walk may begin somewhere. */
export interface StartScope {
  readonly mounts: OwnMounts;
  readonly bearings: Bearings;
}

/** A part of a glob with its base resolved, while we stood where relative paths start from. */
export interface GlobStart {
  readonly task: GlobTask;
  /** `null`: nothing can match. */
  readonly root: Root | SweepError | null;
}

/** The directory where a walk begins, as it was when it was resolved. */
export interface Root {
  readonly path: Bytes;
  readonly identity: Identity;
}

/** Resolves the links of a base, once. */
export function startGlob(task: GlobTask, scope: StartScope): GlobStart {
  return { task, root: resolveBase(task.base, scope) };
}

function resolveBase(base: string, { bearings, mounts }: StartScope): Root | SweepError | null {
  const path = encode(base);
  try {
    const resolved = asBytes(realpathSync.native(path === '' ? '.' : fsPath(path), 'latin1'));
    if (!bearings.reaches(base) || !bearings.holds(`${base}/`, resolved))
      return { path, code: 'changed', syscall: 'realpath' };
    const identity = identityOf(statPath(resolved));
    const closed = isClosedToWalks(resolved) || isKernelFileSystem(resolved, identity, mounts);
    return closed ? null : { path: resolved, identity };
  } catch (error) {
    const errno = errnoOf(error);
    // Nothing matches in a base that does not exist or lies in a file. With any other errno it could not be
    // looked at.
    return errno.code === 'ENOENT' || errno.code === 'ENOTDIR' ? null : { path, ...errno };
  }
}

/** The identity alone: there may be very many. */
export function identityOf({ dev, ino }: Identity): Identity {
  return { dev, ino };
}
