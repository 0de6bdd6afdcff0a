import { accessSync, closeSync, constants, fstatSync, lstatSync, openSync, statSync } from 'node:fs';
import { bytes, fsPath, joinPath } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import { sameFile } from '../linux/lstat.ts';
import { O_PATH } from '../linux/mount-id.ts';
import type { Bytes } from '../model/model.ts';

/** The facts from lstat(2) and fstat(2) about an output file and the directories above it. */
export interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly nlink: bigint;
  readonly ctimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
}

/** Node's constants lack it (asm-generic/fcntl.h). */
export const O_CLOEXEC = 0o2000000;

/** Neither follows a link, nor waits for a FIFO's other end, nor takes a terminal for ours, nor goes to our children. */
export const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY | O_CLOEXEC;

/** The lstat(2) of a path; `null` where nothing has that name. Throws every other errno. */
export function lstatFacts(path: Bytes): FileFacts | null {
  return lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false }) ?? null;
}

/** Whether two facts are of the same file. */
export function isSame(one: FileFacts | null, other: FileFacts | null): boolean {
  return one !== null && other !== null && sameFile(one, other);
}

/**
 * A directory held open, so that names in it are looked up in that one whatever becomes of its path: by
 * `/proc/self/fd/N/name` (proc_pid_fd(5)). Without /proc they are looked up by its path, which must still lead to the
 * same directory.
 */
export class PinnedDirectory {
  /** Absolute, links resolved, as it was when it was opened. */
  readonly path: Bytes;
  readonly facts: FileFacts;
  readonly #fd: number;
  readonly #base: Bytes | null;

  private constructor(path: Bytes, fd: number) {
    this.path = path;
    this.#fd = fd;
    this.facts = fstatSync(fd, { bigint: true });
    const base = bytes`/proc/self/fd/${fd}`;
    this.#base = isSame(this.facts, lookUp(bytes`${base}/.`)) ? base : null;
  }

  /** Opens `/`. Throws open(2)'s errno. */
  static root(): PinnedDirectory {
    return PinnedDirectory.#open(bytes`/`, bytes`/`, 0);
  }

  /**
   * Opens a directory in this one, `..` too. Throws open(2)'s errno: ENOTDIR also for a link, unless links are followed.
   *
   * @param path what the directory is called from now on
   */
  enter(name: Bytes, path: Bytes, follow = false): PinnedDirectory {
    return PinnedDirectory.#open(this.at(name), path, follow ? 0 : constants.O_NOFOLLOW);
  }

  static #open(place: Bytes, path: Bytes, flags: number): PinnedDirectory {
    const fd = openSync(fsPath(place), O_PATH | constants.O_DIRECTORY | O_CLOEXEC | flags);
    try {
      return new PinnedDirectory(path, fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** The path by which system calls reach a name in it. Throws an errno where that cannot be told. */
  at(name: Bytes): Bytes {
    if (this.#base !== null) return joinPath(this.#base, name);
    if (isSame(this.facts, lookUp(this.path))) return joinPath(this.path, name);
    throw Object.assign(new Error('moved or replaced'), { code: 'ESTALE', errno: -116, syscall: 'open' });
  }

  /** Throws the errno of access(2) where no file may be made in it. */
  checkWritable(): void {
    accessSync(fsPath(this.at(bytes`.`)), constants.W_OK | constants.X_OK);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function lookUp(path: Bytes): FileFacts | null {
  try {
    return statSync(fsPath(path), { bigint: true });
  } catch (error) {
    // Whatever the errno: it cannot be reached by that path.
    assertErrno(error);
    return null;
  }
}
