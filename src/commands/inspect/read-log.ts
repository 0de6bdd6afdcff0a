import { constants, openSync, readSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { type Piece, piecesToRead, READ_FROM_START } from '../../criu/log/files.ts';
import { HEAD_SIZE, isHeadOfLog } from '../../criu/log/head.ts';
import { type LogReader, type LogTold, readLog } from '../../criu/log/read.ts';
import { asBytes, fsPath } from '../../linux/bytes.ts';
import { assertErrno, type Errno, errnoOf } from '../../linux/errno.ts';
import { fstatFile, lstatName, sameFile } from '../../linux/lstat.ts';
import { release } from '../../linux/release.ts';
import type { Bytes, Facts, Identity } from '../../model/model.ts';

/** The part of a log's fstat that is kept. Times in milliseconds since 1970, sizes in bytes. */
export type LogFacts = Identity & Pick<Facts, 'size' | 'mtimeMs'>;

/** The result of reading something with a log's name. */
export type LogRead =
  /** `facts`: as they were before its first byte was read. */
  | { readonly kind: 'log'; readonly told: LogTold; readonly facts: LogFacts }
  /** A file, but no log of CRIU's; or the reading was stopped. */
  | { readonly kind: 'other' }
  /** No file that could be read: `a FIFO`. */
  | { readonly kind: 'no-file'; readonly what: string }
  | { readonly kind: 'gone' }
  | ({ readonly kind: 'failed' } & Errno);

/** The conditions of reading logs. */
export interface ReadScope {
  /** The name does not tell: what does not begin as CRIU's logs do is passed over. */
  readonly byContent: boolean;
  /** Whether a file is to be read; asked before it is opened and of what was opened. */
  readonly wanted: (file: Identity) => boolean;
  /** Told how many bytes have been read. */
  readonly onRead: (bytes: number) => void;
  /** Asked between chunks: whether to stop; what was read by then tells nothing. */
  readonly interrupted: () => boolean;
}

/** Some tens of milliseconds' worth of the shortest lines. */
const CHUNK = 64 * 1024;

/**
 * A FIFO put there after lstat is opened without waiting for a writer, a link not followed, a terminal not
 * ours.
 */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Reads a log as a stream, a long one only at its start and its end. Waits for nothing: what is no regular
 * file is not even opened, and what is appended meanwhile is not read.
 *
 * @param name one component, in the directory we stand in
 */
export async function readLogHere(name: Bytes, scope: ReadScope): Promise<LogRead> {
  let fd: number | null = null;
  try {
    const before = lstatName(name);
    if (before === null) return { kind: 'gone' };
    if (!scope.wanted(before)) return { kind: 'other' };
    const what = fileType(before.mode);
    if (what !== null) return { kind: 'no-file', what };
    fd = openSync(fsPath(name), FLAGS);
    const { dev, ino, size, mtimeMs, ...opened } = fstatFile(fd);
    const facts = { dev, ino, size, mtimeMs };
    const nowWhat = fileType(opened.mode);
    if (nowWhat !== null) return { kind: 'no-file', what: nowWhat };
    if (!sameFile(facts, before) && !scope.wanted(facts)) return { kind: 'other' };
    if (scope.byContent && !isHeadOfLog(readHead(fd, scope))) return { kind: 'other' };
    const told = await readPieces(fd, piecesToRead(size), scope);
    return told === null ? { kind: 'other' } : { kind: 'log', told, facts };
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    // Gone since lstat; a link since lstat, which O_NOFOLLOW refuses; a socket since lstat (open(2)).
    if (code === 'ENOENT') return { kind: 'gone' };
    if (code === 'ELOOP') return { kind: 'no-file', what: 'a symbolic link' };
    if (code === 'ENXIO') return { kind: 'no-file', what: 'a socket' };
    return { kind: 'failed', code, syscall };
  } finally {
    if (fd !== null) close(fd);
  }
}

/**
 * A close(2) that fails takes nothing away from what was read, and Linux has let go of the descriptor all the
 * same.
 */
function close(fd: number): void {
  try {
    release(fd);
  } catch (error) {
    assertErrno(error);
  }
}

function readHead(fd: number, { onRead }: ReadScope): Bytes {
  const buffer = Buffer.allocUnsafe(HEAD_SIZE);
  const read = readSync(fd, buffer, 0, HEAD_SIZE, 0);
  onRead(read);
  return asBytes(buffer.toString('latin1', 0, read));
}

async function readPieces(fd: number, pieces: readonly Piece[], scope: ReadScope): Promise<LogTold | null> {
  const reader = readLog();
  let at = 0;
  for (const piece of pieces) {
    if (piece.start > at && !reader.recognised()) return null;
    if (piece.start > at) reader.gap();
    if (!(await readPiece(fd, piece, reader, scope))) return null;
    at = piece.end;
  }
  return reader.finish();
}

async function readPiece(
  fd: number,
  { start, end }: Piece,
  reader: LogReader,
  { onRead, interrupted }: ReadScope,
): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, end - start)));
  for (let at = start; at < end; ) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at);
    // It was truncated meanwhile.
    if (read === 0) return true;
    reader.chunk(asBytes(buffer.toString('latin1', 0, read)));
    onRead(read);
    at += read;
    // A file that shows nothing of CRIU's format at its start need not be read to its end.
    if (at >= READ_FROM_START && reader.isOther()) return false;
    if (at < end) await nextTick();
    if (interrupted()) return false;
  }
  return true;
}

/** The name of a file's type; `null` for a regular file. */
function fileType(mode: number): string | null {
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
