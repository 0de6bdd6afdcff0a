import { close, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { fsPath } from '../linux/bytes.ts';
import { assertErrno, type Errno, errnoOf } from '../linux/errno.ts';
import { type Destination, openPlace, type Place, unwritable } from './destination.ts';
import { isPrivate, NotFollowed } from './locate.ts';
import { NEVER, Output, type Stopped } from './output.ts';
import { CAREFULLY, isSame, O_CLOEXEC } from './pinned-directory.ts';
import { TemporaryFile } from './temporary-file.ts';

/** How an output file is opened. */
export interface OpenOptions {
  /** Permission bits whatever the umask says; without it those of the file that is replaced, or as the umask says. */
  readonly mode?: number;
  /** Ends the wait for a FIFO's reader. */
  readonly stopped?: Stopped;
}

/** How often a FIFO is asked for its reader. */
const ASK_EVERY_MS = 50;

/** A file that is written while a sweep goes on: beside its destination, and renamed when it is whole. */
export class OutputFile {
  readonly output: Output;
  readonly #temporary: TemporaryFile | null;
  /** Closed at the end. */
  readonly #own: number | null;

  private constructor(output: Output, temporary: TemporaryFile | null, own: number | null) {
    this.output = output;
    this.#temporary = temporary;
    this.#own = own;
  }

  /**
   * Opens it; a FIFO's reader is waited for until we are asked to stop.
   *
   * @throws UsageError where that fails
   */
  static async open(
    destination: Destination,
    { mode, stopped = NEVER }: OpenOptions = {},
  ): Promise<OutputFile> {
    if (destination.kind === 'descriptor') return openDescriptor(destination.fd, stopped);
    try {
      const place = openPlace(destination.path);
      return place.kind === 'file'
        ? OutputFile.#beside(place, mode ?? null)
        : OutputFile.of(await closing(place, () => openStream(place, stopped)), stopped, true);
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

  /** Opens a file that others have written to, and adds to its end. Throws {@link NotFollowed} and open(2)'s errno. */
  static async append(destination: Destination, stopped: Stopped): Promise<OutputFile> {
    if (destination.kind === 'descriptor') return openDescriptor(destination.fd, stopped);
    const place = openPlace(destination.path);
    const fd = await closing(place, () =>
      place.kind === 'file' ? openToAppend(place) : openStream(place, stopped),
    );
    return OutputFile.of(fd, stopped, true);
  }

  /** An open descriptor. @param own closed at the end */
  static of(fd: number, stopped: Stopped, own: boolean): OutputFile {
    return new OutputFile(new Output(fd, stopped), null, own ? fd : null);
  }

  /** Writes what is left, and puts the file into its place. Where that fails the errno, and no half file is left. */
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

  /** Gives it up: no half file is left. */
  async discard(): Promise<void> {
    if (this.#own !== null) await promisify(close)(this.#own);
    await this.#temporary?.discard();
  }
}

/** A pipe is opened anew, not to wait for its reader, as only its own descriptor can be told not to. */
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

async function closing({ directory }: Place, open: () => number | Promise<number>): Promise<number> {
  try {
    return await open();
  } finally {
    directory.close();
  }
}

/** Opens what is no file. Throws the errno of what failed; ENXIO: a FIFO that nobody read until we were asked to stop. */
async function openStream(place: Place, stopped: Stopped): Promise<number> {
  const { directory, name, facts, kind } = place;
  const flags = constants.O_WRONLY | (kind === 'link' ? CAREFULLY & ~constants.O_NOFOLLOW : CAREFULLY);
  for (;;) {
    try {
      return checked(openSync(fsPath(directory.at(name)), flags), place);
    } catch (error) {
      if (error instanceof NotFollowed) throw error;
      // Of anything but a FIFO ENXIO says that it is a socket, or that nothing is behind it: nobody will come.
      if (errnoOf(error).code !== 'ENXIO' || !facts?.isFIFO() || stopped()) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

function openToAppend(place: Place): number {
  const { directory, name, facts } = place;
  const flags = constants.O_WRONLY | constants.O_APPEND | CAREFULLY;
  const anew = facts === null ? constants.O_CREAT | constants.O_EXCL : 0;
  return checked(openSync(fsPath(directory.at(name)), flags | anew, 0o666), place);
}

/**
 * A descriptor, unless it leads to something else than was there before: a hard link that somebody may have made to a
 * file which is none of theirs, or whatever was put into its place meanwhile.
 */
function checked(fd: number, { directory, facts, kind }: Place): number {
  const opened = fstatSync(fd, { bigint: true });
  const asExpected =
    kind === 'link'
      ? !opened.isFile() && !opened.isDirectory()
      : (facts === null || isSame(opened, facts)) &&
        (kind === 'file') === opened.isFile() &&
        (kind !== 'file' || opened.nlink === 1n || isPrivate(directory.facts));
  if (asExpected) return fd;
  closeSync(fd);
  throw new NotFollowed(
    'is not written to: it is another file than before, or has a second name (hard link), and others than root and you may write to its directory',
  );
}
