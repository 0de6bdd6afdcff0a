import {
  close,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsync,
  openSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { undoAtExit } from '../linux/at-exit.ts';
import { bytes, encode, fsPath } from '../linux/bytes.ts';
import { assertErrno, errnoOf } from '../linux/errno.ts';
import type { Bytes } from '../model/model.ts';
import type { Place } from './destination.ts';
import { keepOwnerAndMode } from './keep-owner.ts';
import { CAREFULLY, isSame, lstatFacts } from './pinned-directory.ts';
import { isPlacedByUs } from './trust.ts';

/** The longest name of a file in bytes (limits.h, NAME_MAX). */
const LONGEST_NAME = 255;
const MOST_TRIES = 8;
const DEFAULT_MODE = 0o666;
/** The mode until the old file's owner and mode are set: whoever opened it before that could read on. */
const PRIVATE_MODE = 0o600;

/**
 * A file in its destination's directory. It takes the destination's name when it is complete; if it never is,
 * it is removed.
 */
export class TemporaryFile {
  readonly fd: number;
  readonly #place: Place;
  readonly #name: Bytes;
  readonly #forget: () => void;
  #closed = false;

  private constructor(fd: number, place: Place, name: Bytes) {
    this.fd = fd;
    this.#place = place;
    this.#name = name;
    this.#forget = undoAtExit(() => this.#unlink());
  }

  /**
   * Makes a file in the place's directory, which is closed with it. Throws the errno of what failed. The mode
   * and owner of a replaced file are kept only if nobody else can have put that file there.
   *
   * @param mode permission bits, whatever the umask says; `null`: those of the file that is replaced, or as
   *   the umask says
   */
  static make(place: Place, mode: number | null): TemporaryFile {
    const { facts } = place;
    const kept = mode === null && facts !== null && isPlacedByUs(facts, place.directory.facts) ? facts : null;
    const file = TemporaryFile.#create(place, kept === null ? (mode ?? DEFAULT_MODE) : PRIVATE_MODE);
    try {
      if (mode !== null) fchmodSync(file.fd, mode);
      if (kept !== null) keepOwnerAndMode(file.fd, kept);
      return file;
    } catch (error) {
      file.#forget();
      file.#unlink();
      closeSync(file.fd);
      throw error;
    }
  }

  static #create(place: Place, mode: number): TemporaryFile {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | CAREFULLY;
    for (let tries = 1; ; tries += 1) {
      const name = temporaryName(place.name);
      try {
        return new TemporaryFile(openSync(fsPath(place.directory.at(name)), flags, mode), place, name);
      } catch (error) {
        if (errnoOf(error).code !== 'EEXIST' || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** Renames the file to its destination. Throws the errno of what failed; {@link discard} it then. */
  async putInPlace(): Promise<void> {
    await promisify(fsync)(this.fd);
    const { directory, name } = this.#place;
    const written = fstatSync(this.fd, { bigint: true });
    await this.#close();
    if (!isSame(written, lstatFacts(directory.at(this.#name))))
      throw Object.assign(new Error('replaced'), { code: 'ESTALE', errno: -116, syscall: 'rename' });
    renameSync(fsPath(directory.at(this.#name)), fsPath(directory.at(name)));
    this.#forget();
    directory.close();
  }

  /** Removes the file. Throws no errno: if that fails, nothing is left to be done. */
  async discard(): Promise<void> {
    this.#forget();
    this.#unlink();
    this.#place.directory.close();
    try {
      await this.#close();
    } catch (error) {
      assertErrno(error);
    }
  }

  /**
   * Removes it. If even that fails, nothing is left to be done, and the failure before it has been reported.
   */
  #unlink(): void {
    try {
      unlinkSync(fsPath(this.#place.directory.at(this.#name)));
    } catch (error) {
      assertErrno(error);
    }
  }

  /** Closes the descriptor once. A file system on a network may report a full disk only here (close(2)). */
  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await promisify(close)(this.fd);
  }
}

/** A name that is hidden, has another ending, and cannot be guessed, so that nobody can make it before us. */
function temporaryName(name: Bytes): Bytes {
  const end = encode(`.${process.pid}.${Math.random().toString(36).slice(2, 10)}`);
  return bytes`.${name.slice(0, LONGEST_NAME - end.length - 1)}${end}`;
}
