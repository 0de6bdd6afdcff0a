import type { Bytes } from '../../model/model.ts';

/** Limit of bytes at the start of a file that has to tell, where its name does not say that it is CRIU's. */
export const HEAD_SIZE = 4096;

/** A file of CRIU's source: of the tree since v2.0, of a plugin, or one of those that only CRIU has. */
const SOURCE =
  '(?:\\S*\\/)?(?:(?:criu|compel|soccr)\\/[^\\s():]*|\\w+_plugin|cr-[a-z]+|crtools)\\.[chS]:\\d{1,9}';

/**
 * A line that only CRIU writes. A log begins less than 100 s after its run's start, so its first time stamps are whole.
 * Weaker signs, which many programs share (a number in parentheses), do not count here.
 */
const TELLING = new RegExp(
  `^(?:\\(\\d\\d\\.\\d{6}\\)(?: |pie: )|(?:pie: )?(?: *\\d{1,10}: )?(?:Error|Warn ) \\(${SOURCE}\\): |CRIU run id = )`,
);

/**
 * Whether a file of any name begins as a log of CRIU does.
 *
 * @param head its first {@link HEAD_SIZE} bytes, or all of it; any bytes
 */
export function isHeadOfLog(head: Bytes): boolean {
  return head
    .slice(0, HEAD_SIZE)
    .split('\n')
    .some((line) => TELLING.test(line));
}
