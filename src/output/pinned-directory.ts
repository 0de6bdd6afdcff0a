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

/** A flag of open(2) that Node's constants lack (asm-generic/fcntl.h). */
export const O_CLOEXEC = 0o2000000;

/**
 * Flags of open(2): follow no link, wait for no FIFO's other end, take no terminal as ours, and pass the
 * descriptor to no child.
 */
export const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY | O_CLOEXEC;

/** The lstat(2) of a path; `null` if nothing has that name. Throws every other errno. */
export function lstatFacts(path: Bytes): FileFacts | null {
  return lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false }) ?? null;
}

/** Whether two facts are of the same file. */
export function isSame(one: FileFacts | null, other: FileFacts | null): boolean {
  return one !== null && other !== null && sameFile(one, other);
}

/**
 * A directory that is held open, so that names are found in it whatever becomes of its path: by
 * `/proc/self/fd/N/name` (proc_pid_fd(5)). Without /proc names are found by the path, if it still leads to
 * the same directory.
 */
export class PinnedDirectory {
  /** Absolute, without links, as it was when the directory was opened. */
  readonly path: Bytes;
  readonly facts: FileFacts;
  readonly #fd: number;
  readonly #base: Bytes | null;

  private constructor(path: Bytes, fd: number) {
    this.path = path;
    this.#fd = fd;
    this.facts = fstatSync(fd, { bigint: true });
    const base = bytes`/proc/self/fd/${fd}`;
    this.#base = isSame(this.facts, statOf(bytes`${base}/.`)) ? base : null;
  }

  /** Opens `/`. Throws open(2)'s errno. */
  static root(): PinnedDirectory {
    return PinnedDirectory.#open(bytes`/`, bytes`/`, 0);
  }

  /**
   * Opens a directory in this one, or `..`. Throws open(2)'s errno; ENOTDIR also for a link, unless `follow`.
   *
   * @param path the directory's path from now on
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

  /** The path by which system calls reach a name in it. Throws ESTALE if no path leads to the directory. */
  at(name: Bytes): Bytes {
    if (this.#base !== null) return joinPath(this.#base, name);
    if (isSame(this.facts, statOf(this.path))) return joinPath(this.path, name);
    throw Object.assign(new Error('moved or replaced'), { code: 'ESTALE', errno: -116, syscall: 'open' });
  }

  /** Checks that we may make files in it. Throws the errno of access(2) if not. */
  checkWritable(): void {
    accessSync(fsPath(this.at(bytes`.`)), constants.W_OK | constants.X_OK);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function statOf(path: Bytes): FileFacts | null {
  try {
    return statSync(fsPath(path), { bigint: true });
  } catch (error) {
    // Any errno: it cannot be reached by that path.
    assertErrno(error);
    return null;
  }
}
