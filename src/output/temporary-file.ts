import {
  close,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
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
import { isPrivate, isTrusted } from './locate.ts';
import { CAREFULLY, type FileFacts, isSame, lstatFacts } from './pinned-directory.ts';

/** The longest name of a file in bytes (limits.h, NAME_MAX). */
const LONGEST_NAME = 255;
const MOST_TRIES = 8;
const DEFAULT_MODE = 0o666;
/** Until the old file's owner and mode are its own: who opens it before could read on. */
const PRIVATE_MODE = 0o600;

/** A file beside its destination that takes that one's place when it is whole, and is gone where it never is. */
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
   * Makes one in the place's directory, which is closed with it. Throws the errno of what failed.
   *
   * @param mode permission bits whatever the umask says; `null`: those of the file that is replaced, or as the umask says
   */
  static make(place: Place, mode: number | null): TemporaryFile {
    const { facts } = place;
    const kept = mode === null && facts !== null && isOurConcern(facts, place) ? facts : null;
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

  /** Puts it into its place. Throws the errno of what failed; then it is still to be {@link discard}ed. */
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

  /** Takes it away. Never throws an errno: nothing is left to be done where that fails. */
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

  /** close(2) closes whatever errno it has, and file systems over a network say only then that a disk is full. */
  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await promisify(close)(this.fd);
  }
}

/** Hidden, of another ending, and not to be guessed, so that nobody can have it made before. */
function temporaryName(name: Bytes): Bytes {
  const end = encode(`.${process.pid}.${Math.random().toString(36).slice(2, 10)}`);
  return bytes`.${name.slice(0, LONGEST_NAME - end.length - 1)}${end}`;
}

/** Whether a file that is replaced says who may read a report: not where somebody else may have put it there. */
function isOurConcern(facts: FileFacts, { directory }: Place): boolean {
  return isTrusted(facts) || isPrivate(directory.facts);
}

/** Where the group cannot be kept, the other group gets no more than everybody. */
function keepOwnerAndMode(fd: number, before: FileFacts): void {
  const now = fstatSync(fd, { bigint: true });
  const mode = Number(before.mode & 0o777n);
  const kept =
    (now.uid === before.uid && now.gid === before.gid) ||
    changeOwner(fd, Number(before.uid), Number(before.gid)) ||
    now.gid === before.gid ||
    changeOwner(fd, Number(now.uid), Number(before.gid));
  fchmodSync(fd, kept ? mode : (mode & 0o707) | ((mode & 0o007) << 3));
}

/** EPERM: only root may give files away; EINVAL: an owner that this user namespace does not have. */
function changeOwner(fd: number, uid: number, gid: number): boolean {
  try {
    fchownSync(fd, uid, gid);
    return true;
  } catch (error) {
    const { code } = errnoOf(error);
    if (
      code === 'EPERM' ||
      code === 'EINVAL' ||
      code === 'ENOSYS' ||
      code === 'EOPNOTSUPP' ||
      code === 'EROFS'
    )
      return false;
    throw error;
  }
}
