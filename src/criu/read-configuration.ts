import { constants, openSync, readFileSync } from 'node:fs';
import { asBytes } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import { fstatFile } from '../linux/lstat.ts';
import { release } from '../linux/release.ts';
import { parseConfiguration, type Setting } from './configuration.ts';

/** Larger than this is no configuration. Bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads one of CRIU's configuration files. `null`: it cannot be opened, which CRIU passes over without a word, or is no
 * regular file, or far too large. Whatever the errno, then only fewer directories are known.
 */
export function readConfiguration(path: string): readonly Setting[] | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const { mode, size } = fstatFile(fd);
      if ((mode & constants.S_IFMT) !== constants.S_IFREG || size > MOST_BYTES) return null;
      return parseConfiguration(asBytes(readFileSync(fd, 'latin1')));
    } finally {
      release(fd);
    }
  } catch (error) {
    assertErrno(error);
    return null;
  }
}
