import { EMPTY } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';

/**
 * Longest line that is kept, in bytes; the rest of a longer one is dropped. CRIU formats each line in a
 * buffer of 8 KiB (LOG_BUF_LEN in criu/log.c).
 */
export const MAX_LINE = 8 * 1024;

/** Cuts a stream of chunks into lines, holding at most one line of {@link MAX_LINE} bytes. */
export interface LineCutter {
  /** The next bytes of the file, cut anywhere. */
  chunk(bytes: Bytes): void;
  /**
   * The next bytes do not follow the last ones. Both the line before the gap and the one after it are lost.
   */
  gap(): void;
  /** The end of the file. Hands out what stands after the last line feed, if anything does. */
  end(): void;
}

/**
 * @param onLine called with each line, without its line feed, in order; `whole` is false for what stands
 *   after the last line feed
 */
export function cutLines(onLine: (line: Bytes, whole: boolean) => void): LineCutter {
  let begun = EMPTY;
  let skipping = false;

  const lineFeed = (part: Bytes) => {
    if (!skipping)
      onLine(begun === '' ? part.slice(0, MAX_LINE) : begun.concat(part).slice(0, MAX_LINE), true);
    begun = EMPTY;
    skipping = false;
  };
  return {
    chunk(bytes) {
      let from = 0;
      for (let to = bytes.indexOf('\n'); to >= 0; to = bytes.indexOf('\n', from)) {
        lineFeed(bytes.slice(from, to));
        from = to + 1;
      }
      const room = MAX_LINE - begun.length;
      if (!skipping && room > 0) begun = begun.concat(bytes.slice(from, from + room));
    },
    gap() {
      begun = EMPTY;
      skipping = true;
    },
    end() {
      if (!skipping && begun !== '') onLine(begun, false);
      begun = EMPTY;
    },
  };
}
