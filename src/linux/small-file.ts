import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf } from './errno.ts';

/** The text of a file, as latin1 or UTF-8, or why there is none. `odd`: it is no regular file, or too large. */
export type SmallFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'odd'; readonly code: 'EINVAL' | 'EFBIG'; readonly syscall: string }
  | { readonly kind: 'failed'; readonly code: string; readonly syscall: string };

/** Does not wait for a FIFO's writer, nor take a terminal for ours. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Reads a whole file that somebody else may have put there: a regular one of at most so many bytes, links
 * followed. Never waits.
 *
 * @param mostBytes a larger file is `odd`, and so is one that grows beyond it while it is read
 */
export function readSmallFile(
  path: string | Buffer,
  mostBytes: number,
  encoding: 'latin1' | 'utf8',
): SmallFile {
  try {
    const fd = openSync(path, FLAGS);
    try {
      return fstatSync(fd).isFile() ? read(fd, mostBytes, encoding) : odd('EINVAL', 'open');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { kind: 'failed', ...errnoOf(error) };
  }
}

function read(fd: number, mostBytes: number, encoding: 'latin1' | 'utf8'): SmallFile {
  const buffer = Buffer.allocUnsafe(mostBytes + 1);
  let length = 0;
  for (let more = -1; more !== 0 && length < buffer.length; length += more)
    more = readSync(fd, buffer, length, buffer.length - length, null);
  if (length > mostBytes) return odd('EFBIG', 'read');
  return { kind: 'text', text: buffer.toString(encoding, 0, length) };
}

function odd(code: 'EINVAL' | 'EFBIG', syscall: string): SmallFile {
  return { kind: 'odd', code, syscall };
}
