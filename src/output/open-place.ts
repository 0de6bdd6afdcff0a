import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { fsPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import type { Place } from './destination.ts';
import { NotFollowed } from './locate.ts';
import type { Stopped } from './output.ts';
import { CAREFULLY, isSame } from './pinned-directory.ts';
import { isPrivate } from './trust.ts';

/** The pause between two attempts to open a FIFO that has no reader yet. */
const ASK_EVERY_MS = 50;

/**
 * Opens a FIFO or a device for writing, and closes the place's directory. Waits for a FIFO's reader. Throws
 * {@link NotFollowed}, or the errno of what failed: ENXIO if a FIFO had no reader until we were stopped.
 *
 * @returns the descriptor
 */
export async function openStream(place: Place, stopped: Stopped): Promise<number> {
  const { directory, name, facts, kind } = place;
  const flags = constants.O_WRONLY | (kind === 'link' ? CAREFULLY & ~constants.O_NOFOLLOW : CAREFULLY);
  try {
    for (;;) {
      try {
        return checked(openSync(fsPath(directory.at(name)), flags), place);
      } catch (error) {
        if (error instanceof NotFollowed) throw error;
        // ENXIO of anything but a FIFO: a socket, or a device with nothing behind it. Nobody will come.
        if (errnoOf(error).code !== 'ENXIO' || !facts?.isFIFO() || stopped()) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  } finally {
    directory.close();
  }
}

/**
 * Opens a file to add to its end, making it if there is none, and closes the place's directory. Throws
 * {@link NotFollowed}, or open(2)'s errno.
 *
 * @returns the descriptor
 */
export function openToAppend(place: Place): number {
  const { directory, name, facts } = place;
  const flags = constants.O_WRONLY | constants.O_APPEND | CAREFULLY;
  const anew = facts === null ? constants.O_CREAT | constants.O_EXCL : 0;
  try {
    return checked(openSync(fsPath(directory.at(name)), flags | anew, 0o666), place);
  } finally {
    directory.close();
  }
}

/**
 * Returns a descriptor if it leads to what the path led to before. Otherwise closes it and throws
 * {@link NotFollowed}: something else was put into the place, or the file has a second name that another user
 * may have given it (a hard link to a file that is not theirs).
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
