import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { fsPath } from '../../bytes.ts';
import { type Piece, piecesToRead } from '../../criu/log/files.ts';
import { type LogReader, type LogTold, readLog } from '../../criu/log/read.ts';
import { type Errno, errnoOf } from '../../errno.ts';
import type { Bytes, Facts } from '../../model.ts';
import { lstatName } from '../../sweep/lstat.ts';

/** What came of reading something that has a log's name. */
export type LogRead =
  /** `facts`: as they were before its first byte was read. */
  | { readonly read: 'log'; readonly told: LogTold; readonly facts: Facts }
  /** A file, but no log of CRIU's. */
  | { readonly read: 'other' }
  /** No file that could be read: `a FIFO`. */
  | { readonly read: 'no-file'; readonly what: string }
  | { readonly read: 'gone' }
  | ({ readonly read: 'failed' } & Errno);

const CHUNK = 256 * 1024;

/** A FIFO put there after lstat is opened without waiting for a writer, a link not followed, a terminal not ours. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Reads a log as a stream, a long one only at its start and its end. Waits for nothing: what is no regular file is
 * not even opened, and what is appended meanwhile is not read.
 *
 * @param interrupted asked between chunks: whether to stop; what was read by then tells nothing
 */
export async function readLogFile(path: Bytes, interrupted: () => boolean): Promise<LogRead> {
  let fd: number | null = null;
  try {
    const before = lstatName(path);
    if (before === null) return { read: 'gone' };
    const what = kindOf(before.mode);
    if (what !== null) return { read: 'no-file', what };
    fd = openSync(fsPath(path), FLAGS);
    const facts: Stats = fstatSync(fd);
    if (!facts.isFile()) return { read: 'no-file', what: kindOf(facts.mode) ?? 'no regular file' };
    const told = await readPieces(fd, piecesToRead(facts.size), interrupted);
    return told === null ? { read: 'other' } : { read: 'log', told, facts };
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    if (code === 'ENOENT') return { read: 'gone' };
    if (code === 'ELOOP') return { read: 'no-file', what: 'a symbolic link' };
    return { read: 'failed', code, syscall };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

async function readPieces(
  fd: number,
  pieces: readonly Piece[],
  interrupted: () => boolean,
): Promise<LogTold | null> {
  const reader = readLog();
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) {
      // What shows nothing of CRIU's format in its first 64 KiB need not be read to its end.
      if (!reader.recognised()) return null;
      reader.gap();
    }
    if (!(await readPiece(fd, piece, reader, interrupted))) return null;
  }
  return reader.finish();
}

async function readPiece(
  fd: number,
  { start, end }: Piece,
  reader: LogReader,
  interrupted: () => boolean,
): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, end - start)));
  for (let at = start; at < end; ) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at);
    // It was truncated meanwhile.
    if (read === 0) return true;
    reader.chunk(buffer.toString('latin1', 0, read));
    at += read;
    if (at < end) await nextTick();
    if (interrupted()) return false;
  }
  return true;
}

/** What a file's type is called, for what is not a regular file. */
function kindOf(mode: number): string | null {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return null;
    case constants.S_IFDIR:
      return 'a directory';
    case constants.S_IFLNK:
      return 'a symbolic link';
    case constants.S_IFIFO:
      return 'a FIFO';
    case constants.S_IFSOCK:
      return 'a socket';
    default:
      return 'a device';
  }
}
