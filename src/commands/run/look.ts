import { closeSync, constants, existsSync, fstatSync, openSync, realpathSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { fsPath } from '../../bytes.ts';
import { type Errno, errnoOf } from '../../errno.ts';
import type { Bytes, Identity, Kind } from '../../model.ts';
import { type Entry, listDirectory } from '../../sweep/listing.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import { NameSet } from './name-set.ts';
import { isKernels } from './watched.ts';

/** What a look at a directory found. */
export type Looked =
  | {
      readonly looked: 'listed';
      /** Absolute, links resolved. */
      readonly resolved: Bytes;
      readonly identity: Identity;
      /** The leftovers' names in it. */
      readonly names: NameSet;
    }
  | { readonly looked: 'missing' }
  /** In a kernel file system, where nothing is ever swept. */
  | { readonly looked: 'kernels' }
  | ({ readonly looked: 'failed' } & Errno);

/** Entries read between two pauses in which signals are heard. */
const PAUSE_AFTER = 16_384;

/**
 * Lists a directory's own entries of these kinds, as far as `wanted` says. Neither does it change our working
 * directory, which the command shall have as it was, nor is anything held open afterwards.
 *
 * @param wanted asked for every name that matches
 */
export async function look(
  path: Bytes,
  kinds: readonly Kind[],
  match: NameMatcher,
  wanted: (name: Bytes, kind: Kind, directory: Identity) => boolean = () => true,
): Promise<Looked> {
  try {
    const resolved = realpathSync.native(fsPath(path), 'latin1');
    if (isKernels(resolved)) return { looked: 'kernels' };
    const fd = openSync(
      fsPath(resolved),
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const { dev, ino, size } = fstatSync(fd, { bigint: true });
      const identity: Identity = { dev: Number(dev), ino: ino > Number.MAX_SAFE_INTEGER ? ino : Number(ino) };
      const names = new NameSet(kinds);
      const pinned = `/proc/self/fd/${fd}`;
      for await (const batch of batches(existsSync(pinned) ? pinned : resolved, Number(size))) {
        for (const { name } of batch) {
          const kind = match(name);
          if (kind !== undefined && kinds.includes(kind) && wanted(name, kind, identity))
            names.add(name, kind);
        }
      }
      return { looked: 'listed', resolved, identity, names };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const errno = errnoOf(error);
    return errno.code === 'ENOENT' ? { looked: 'missing' } : { looked: 'failed', ...errno };
  }
}

async function* batches(path: Bytes, size: number): AsyncGenerator<readonly Entry[]> {
  const listing = listDirectory(path, size);
  try {
    let entries = 0;
    for (let batch = listing.next(); batch !== null; batch = listing.next()) {
      yield batch;
      entries += batch.length;
      if (entries < PAUSE_AFTER) continue;
      entries = 0;
      await nextTick();
    }
  } finally {
    listing.close();
  }
}
