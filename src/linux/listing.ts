import { type Dir, Dirent, opendirSync, readdirSync } from 'node:fs';
import type { Bytes } from '../model/model.ts';
import { asBytes, asEntries, bytes, fsPath } from './bytes.ts';
import { errnoOf } from './errno.ts';

/** One name of a directory, without `.` and `..`. If its type is not known, it may be a directory. */
export interface Entry {
  readonly name: Bytes;
  isDirectory(): boolean;
}

/**
 * The entries of a directory, in batches; `next` returns `null` after the last. `close` may be called at any
 * time.
 */
export interface Listing {
  /** Whether `isDirectory` comes from the directory entry, and is not a guess. */
  readonly typed: boolean;
  /** Throws the errno of opendir(3) or readdir(3). */
  next(): readonly Entry[] | null;
  close(): void;
}

/**
 * Entries read at a time from a large directory. With 1,024, a garbage collection finds so many alive that
 * the heap grows by 18 MB.
 */
const BATCH = 64;

/**
 * Largest st_size in bytes of a directory that is read whole: one call instead of several, and some 3,000
 * names at most.
 */
const SMALL_DIRECTORY = 65_536;

/** Lists the directory we stand in. @param size its st_size in bytes */
export function listHere(size: number): Listing {
  return listDirectory(bytes`.`, size);
}

/** Lists a directory that is pinned in another way (`/proc/self/fd/N`). @param size its st_size in bytes */
export function listDirectory(path: Bytes, size: number): Listing {
  return size <= SMALL_DIRECTORY ? readWhole(fsPath(path)) : readInBatches(fsPath(path));
}

function readWhole(path: string | Buffer): Listing {
  let read = false;
  const listing = {
    typed: true,
    next(): readonly Entry[] | null {
      if (read) return null;
      read = true;
      try {
        return asEntries(readdirSync(path, { withFileTypes: true, encoding: 'latin1' }));
      } catch (error) {
        // An lstat(2) of one name failed, with any errno: each name is looked at by itself later.
        if (errnoOf(error).syscall !== 'lstat') throw error;
        listing.typed = false;
        return readNames(path);
      }
    },
    close(): void {},
  };
  return listing;
}

/**
 * Reads the names without their types. If directory entries have no type, Node calls lstat for each, and the
 * whole call fails if a name is not UTF-8 or has just gone.
 */
function readNames(path: string | Buffer): readonly Entry[] {
  return readdirSync(path, { encoding: 'latin1' }).map((name) => ({
    name: asBytes(name),
    isDirectory: () => true,
  }));
}

function readInBatches(path: string | Buffer): Listing {
  let directory: Dir | null = null;
  let begun = false;
  let finished = false;
  const close = (): void => {
    directory?.closeSync();
    directory = null;
    finished = true;
  };
  const listing = {
    typed: true,
    close,
    next(): readonly Entry[] | null {
      if (finished) return null;
      try {
        directory ??= opendirSync(path, { encoding: 'latin1', bufferSize: BATCH });
        const batch = readBatch(directory);
        if (batch === null) close();
        if (begun || batch === null || batch.every(isTyped)) {
          begun = true;
          return batch;
        }
      } catch (error) {
        close();
        // A failed lstat(2) of one name does not matter before the first batch; after it, entries would come
        // twice.
        if (begun || errnoOf(error).syscall !== 'lstat') throw error;
      }
      close();
      listing.typed = false;
      return readNames(path);
    },
  };
  return listing;
}

/** Whether the type comes from the directory entry. For a type from lstat(2), Node uses a derived class. */
function isTyped(entry: object): boolean {
  return Object.getPrototypeOf(entry) === Dirent.prototype;
}

function readBatch(directory: Dir): readonly Entry[] | null {
  const batch: Dirent[] = [];
  while (batch.length < BATCH) {
    const entry = directory.readSync();
    if (entry === null) break;
    batch.push(entry);
  }
  return batch.length > 0 ? asEntries(batch) : null;
}
