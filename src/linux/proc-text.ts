import { openSync, readSync } from 'node:fs';
import type { Pause } from '../model/events.ts';
import type { Bytes } from '../model/model.ts';
import { asBytes, EMPTY, fsPath } from './bytes.ts';
import { release } from './release.ts';
import { attempt, type Seen } from './seen.ts';

/** Bytes asked for at once. Most files of /proc return no more than a page at a time (fs/seq_file.c). */
const PIECE = 65_536;

/** Reads between two pauses. */
const PAUSE_AFTER = 64;

const PAUSE: Pause = { type: 'pause' };

/** Limits of reading a text that may be longer than anybody needs. */
export interface Bounds {
  /** Asked before every read, with the number of bytes read so far: whether to go on. */
  readonly goOn: (bytes: number) => boolean;
  /** Errnos that mean that the process has ended, in addition to those that always do. */
  readonly gone?: readonly string[];
}

/** The answer for a text that is too long, or took too long: not all of it was read. */
const TOO_LONG = { kind: 'hidden', code: 'too-long', syscall: 'read' } as const;

/**
 * Reads a text of /proc piece by piece. Others decide how long it is; memory does not grow with it.
 *
 * @param take called with whole lines, each with its line feed
 */
export function* readProcText(
  path: Bytes,
  { goOn, gone }: Bounds,
  take: (lines: Bytes) => void,
): Generator<Pause, Seen<void>, void> {
  const fd = attempt(() => openSync(fsPath(path), 'r'), gone);
  if (fd.kind !== 'seen') return fd;
  try {
    const buffer = Buffer.allocUnsafe(PIECE);
    let begun = EMPTY;
    let bytes = 0;
    for (let reads = 1; ; reads += 1) {
      if (!goOn(bytes) || begun.length > PIECE) return TOO_LONG;
      const read = attempt(() => readSync(fd.value, buffer, 0, PIECE, null), gone);
      if (read.kind !== 'seen') return read;
      if (read.value === 0) break;
      bytes += read.value;
      const text = begun.concat(asBytes(buffer.toString('latin1', 0, read.value)));
      const end = text.lastIndexOf('\n') + 1;
      if (end > 0) take(text.slice(0, end));
      begun = text.slice(end);
      if (reads % PAUSE_AFTER === 0) yield PAUSE;
    }
    if (begun !== '') take(begun);
    return { kind: 'seen', value: undefined };
  } finally {
    release(fd.value);
  }
}
