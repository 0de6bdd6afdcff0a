import type { Bytes } from '../../model/model.ts';
import { parseLine } from './line.ts';

/** Limit of bytes at the start of a file that has to tell, where its name does not say that it is CRIU's. */
export const HEAD_SIZE = 4096;

/** A file of CRIU's source: of the tree since v2.0, of a plugin, or one of those that only CRIU has. */
const SOURCE = /(?:^|\/)(?:(?:criu|compel|soccr)\/|(?:\w{1,64}_plugin|cr-[a-z]{1,64}|crtools)\.[chS]:)/;

/**
 * The beginning of a line that only CRIU writes. A log begins less than 100 s after its run's start, so its
 * first time stamps are whole. Weaker signs, which many programs share (a number in parentheses), do not
 * count here.
 */
const TELLING = /^(?:\(\d\d\.\d{6}\)(?: |pie: )|CRIU run id = )/;

/**
 * Whether a file of any name begins as a log of CRIU does.
 *
 * @param head its first {@link HEAD_SIZE} bytes, or all of it; any bytes
 */
export function isHeadOfLog(head: Bytes): boolean {
  return head.slice(0, HEAD_SIZE).split('\n').some(isTelling);
}

function isTelling(line: Bytes): boolean {
  if (TELLING.test(line)) return true;
  const { source } = parseLine(line);
  return source !== null && SOURCE.test(source);
}
