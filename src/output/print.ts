import { writeSync } from 'node:fs';
import { describeErrno, errnoOf } from '../linux/errno.ts';
import { UsageError } from '../model/usage-error.ts';
import { STDOUT } from './standard-streams.ts';

/**
 * Prints a whole text synchronously, like a command's help. A reader that has gone (EPIPE) is no failure.
 *
 * @throws UsageError if stdout cannot be written
 */
export function print(text: string): void {
  try {
    writeSync(STDOUT, text);
  } catch (error) {
    const { code } = errnoOf(error);
    if (code !== 'EPIPE') throw new UsageError(`stdout: ${describeErrno(code)}`);
  }
}
