import { writeSync } from 'node:fs';
import { describeErrno, errnoOf } from '../linux/errno.ts';
import { UsageError } from '../model/usage-error.ts';
import { STDOUT } from './standard-streams.ts';

/**
 * Prints text that is all a command has to say, like its help. A pipe that was closed is no failure of ours.
 *
 * @throws UsageError where stdout cannot be written
 */
export function print(text: string): void {
  try {
    writeSync(STDOUT, text);
  } catch (error) {
    const { code } = errnoOf(error);
    if (code !== 'EPIPE') throw new UsageError(`stdout: ${describeErrno(code)}`);
  }
}
