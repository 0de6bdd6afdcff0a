import { constants, openSync, readlinkSync, realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { asBytes, bytes, fsPath, joinPath } from '../../linux/bytes.ts';
import { type Errno, errnoOf } from '../../linux/errno.ts';
import { fstatFile, sameFile, statPath } from '../../linux/lstat.ts';
import { release } from '../../linux/release.ts';
import type { Bytes, Identity } from '../../model/model.ts';
import { isKernelPath } from '../../request/forbidden.ts';
import type { NameSet } from './name-set.ts';
import { type ListScope, namesIn } from './names-in.ts';

/** A directory before the command is started. */
export type Before =
  | {
      readonly kind: 'listed';
      /** Absolute, links resolved. */
      readonly resolved: Bytes;
      readonly identity: Identity;
      /** The leftovers' names in it. */
      readonly names: NameSet;
      /**
       * Whether it was surely this directory that was listed; without /proc it was found by its path once
       * more.
       */
      readonly pinned: boolean;
    }
  /**
   * `resolved`: where it would be, with the links of what is there resolved; `null`: our working directory
   * was removed.
   */
  | { readonly kind: 'missing'; readonly resolved: Bytes | null }
  /**
   * Found only while the command ran. `identity`: the directory that CRIU was seen in; `null`: whichever is
   * there.
   */
  | { readonly kind: 'unlisted'; readonly resolved: Bytes; readonly identity: Identity | null }
  /** In a kernel file system, where nothing is ever swept. */
  | { readonly kind: 'kernels' }
  | ({ readonly kind: 'failed' } & Errno);

/**
 * Lists a directory's own entries of these kinds. Neither does it change our working directory, which the
 * command shall have as it was, nor is anything held open afterwards.
 */
export async function listBefore(path: Bytes, scope: ListScope): Promise<Before> {
  try {
    const there = resolve(path);
    if (there === null) return { kind: 'missing', resolved: null };
    if (isKernelPath(there.resolved)) return { kind: 'kernels' };
    return there.exists ? await list(there.resolved, scope) : { kind: 'missing', resolved: there.resolved };
  } catch (error) {
    return { kind: 'failed', ...errnoOf(error) };
  }
}

interface There {
  readonly resolved: Bytes;
  readonly exists: boolean;
}

/** As many links that lead nowhere are resolved in turn (path_resolution(7), MAXSYMLINKS). */
const MOST_LINKS = 40;

/**
 * Resolves the links of a path as far as it exists; what is missing of it is taken literally, behind a link
 * that leads nowhere too. `null`: it has no beginning.
 */
function resolve(path: Bytes, links = MOST_LINKS): There | null {
  const names = path.split('/').filter((name) => name !== '');
  const top = path.startsWith('/') ? bytes`/` : bytes`.`;
  for (let length = names.length; ; length -= 1) {
    const above = names.slice(0, length);
    const resolved = realpathOf(length === 0 ? top : asBytes(`${top === '/' ? '/' : ''}${above.join('/')}`));
    if (resolved === null && length === 0) return null;
    if (resolved === null) continue;
    const [missing, ...rest] = names.slice(length);
    if (missing === undefined) return { resolved, exists: true };
    const end = links > 0 ? endOfLink(joinPath(resolved, asBytes(missing))) : null;
    if (end !== null) return resolve(below(resolved, [end, ...rest]), links - 1);
    return { resolved: asBytes(posix.join(resolved, missing, ...rest)), exists: false };
  }
}

function below(directory: Bytes, names: readonly string[]): Bytes {
  const path = names.join('/');
  return asBytes(path.startsWith('/') ? path : `${directory}/${path}`);
}

/** The text of a link; `null` where there is none (ENOENT), or something else (EINVAL). What else fails is thrown. */
function endOfLink(path: Bytes): string | null {
  try {
    return readlinkSync(fsPath(path), 'latin1');
  } catch (error) {
    if (['ENOENT', 'EINVAL'].includes(errnoOf(error).code)) return null;
    throw error;
  }
}

/** `null` where it does not exist (ENOENT), a link that leads nowhere included; what else fails is thrown. */
function realpathOf(path: Bytes): Bytes | null {
  try {
    return asBytes(realpathSync.native(fsPath(path), 'latin1'));
  } catch (error) {
    if (errnoOf(error).code === 'ENOENT') return null;
    throw error;
  }
}

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Lists a directory. It is `missing` if it has gone since it was resolved (ENOENT). Throws every other errno.
 */
async function list(resolved: Bytes, scope: ListScope): Promise<Before> {
  try {
    return await listOpened(resolved, scope);
  } catch (error) {
    if (errnoOf(error).code === 'ENOENT') return { kind: 'missing', resolved };
    throw error;
  }
}

async function listOpened(resolved: Bytes, scope: ListScope): Promise<Before> {
  const fd = openSync(fsPath(resolved), FLAGS);
  try {
    const facts = fstatFile(fd);
    const identity: Identity = { dev: facts.dev, ino: facts.ino };
    const descriptor = bytes`/proc/self/fd/${fd}`;
    const pinned = leadsTo(descriptor, identity);
    const names = await namesIn(pinned ? descriptor : resolved, facts.size, scope, () => true);
    return { kind: 'listed', resolved, identity, names, pinned };
  } finally {
    release(fd);
  }
}

/**
 * Whether /proc shows our descriptor as it is; false where there is no /proc (ENOENT), what else fails is
 * thrown.
 */
function leadsTo(descriptor: Bytes, identity: Identity): boolean {
  try {
    return sameFile(statPath(descriptor), identity);
  } catch (error) {
    if (errnoOf(error).code === 'ENOENT') return false;
    throw error;
  }
}
