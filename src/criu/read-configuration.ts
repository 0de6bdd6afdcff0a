import { asBytes } from '../linux/bytes.ts';
import { readSmallFile } from '../linux/small-file.ts';
import { parseConfiguration, type Setting } from './configuration.ts';

/** Larger than this is no configuration. Bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads one of CRIU's configuration files. `null`: it cannot be opened, which CRIU passes over without a
 * word, or is no regular file, or far too large. Whatever the errno, then only fewer directories are known.
 */
export function readConfiguration(path: string): readonly Setting[] | null {
  const read = readSmallFile(path, MOST_BYTES, 'latin1');
  return read.kind === 'text' ? parseConfiguration(asBytes(read.text)) : null;
}
