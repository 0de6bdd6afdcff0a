import { close, constants, fstatSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { assertErrno, type Errno, errnoOf } from '../linux/errno.ts';
import { type Destination, openPlace, type Place, unwritable } from './destination.ts';
import { openStream, openToAppend } from './open-place.ts';
import { NEVER, Output, type Stopped } from './output.ts';
import { O_CLOEXEC } from './pinned-directory.ts';
import { TemporaryFile } from './temporary-file.ts';

/** The options of opening an output file. */
export interface OpenOptions {
  /**
   * The permission bits, whatever the umask says. If left out: those of the file that is replaced, or as the
   * umask says.
   */
  readonly mode?: number;
  /** Ends the wait for a FIFO's reader. */
  readonly stopped?: Stopped;
}

/**
 * An output file that is written while a sweep goes on. A regular file is written under another name in the
 * same directory, and renamed when it is complete.
 */
export class OutputFile {
  readonly output: Output;
  readonly #temporary: TemporaryFile | null;
  /** The descriptor to close at the end. */
  readonly #own: number | null;

  private constructor(output: Output, temporary: TemporaryFile | null, own: number | null) {
    this.output = output;
    this.#temporary = temporary;
    this.#own = own;
  }

  /** Opens a file. Waits for a FIFO's reader until we are asked to stop. @throws UsageError if that fails */
  static async open(
    destination: Destination,
    { mode, stopped = NEVER }: OpenOptions = {},
  ): Promise<OutputFile> {
    if (destination.kind === 'descriptor') return openDescriptor(destination.fd, stopped);
    try {
      const place = openPlace(destination.path);
      if (place.kind === 'file') return OutputFile.#beside(place, mode ?? null);
      return OutputFile.of(await openStream(place, stopped), stopped, true);
    } catch (error) {
      throw unwritable(destination, error);
    }
  }

  static #beside(place: Place, mode: number | null): OutputFile {
    try {
      const temporary = TemporaryFile.make(place, mode);
      return new OutputFile(new Output(temporary.fd), temporary, null);
    } catch (error) {
      place.directory.close();
      throw error;
    }
  }

  /** Opens a file to add to its end. Throws `NotFollowed`, or open(2)'s errno. */
  static async append(destination: Destination, stopped: Stopped): Promise<OutputFile> {
    if (destination.kind === 'descriptor') return openDescriptor(destination.fd, stopped);
    const place = openPlace(destination.path);
    const fd = place.kind === 'file' ? openToAppend(place) : await openStream(place, stopped);
    return OutputFile.of(fd, stopped, true);
  }

  /** An open descriptor as an output file. @param own whether it is closed at the end */
  static of(fd: number, stopped: Stopped, own: boolean): OutputFile {
    return new OutputFile(new Output(fd, stopped), null, own ? fd : null);
  }

  /**
   * Writes what is left, and renames the file to its name. Leaves no half file behind.
   *
   * @returns the errno of what failed, or `null`
   */
  async finish(): Promise<Errno | null> {
    await this.output.flush();
    const { failure } = this.output;
    try {
      if (this.#own !== null) await promisify(close)(this.#own);
      if (failure === null) await this.#temporary?.putInPlace();
      else await this.#temporary?.discard();
      return failure;
    } catch (error) {
      const errno = errnoOf(error);
      await this.#temporary?.discard();
      return errno;
    }
  }

  /** Gives the file up. Leaves no half file behind. */
  async discard(): Promise<void> {
    if (this.#own !== null) await promisify(close)(this.#own);
    await this.#temporary?.discard();
  }
}

/**
 * Opens a descriptor that we inherited. A pipe is opened again, because a write must not wait for its reader:
 * O_NONBLOCK on the inherited one would change it for all who share it.
 */
function openDescriptor(fd: number, stopped: Stopped): OutputFile {
  try {
    if (!fstatSync(fd).isFIFO()) return OutputFile.of(fd, stopped, false);
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | O_CLOEXEC;
    return OutputFile.of(openSync(`/proc/self/fd/${fd}`, flags), stopped, true);
  } catch (error) {
    // Any errno (no /proc, another user's pipe, no reader any more): the descriptor is used as it is, and
    // writing will tell.
    assertErrno(error);
    return OutputFile.of(fd, stopped, false);
  }
}
