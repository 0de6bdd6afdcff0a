import { writeSync } from 'node:fs';
import { describeErrno, errnoOf } from '../linux/errno.ts';
import { STDOUT } from './standard-streams.ts';

/** What was to be printed is lost. The message is one line; exit status 3. */
export class OutputLost extends Error {
  override readonly name = 'OutputLost';
}

/**
 * Prints a whole text synchronously, like a command's help. A reader that has gone (EPIPE) is no failure.
 *
 * @throws OutputLost if stdout cannot be written
 */
export function print(text: string): void {
  try {
    writeSync(STDOUT, text);
  } catch (error) {
    const { code } = errnoOf(error);
    if (code !== 'EPIPE') throw new OutputLost(`stdout: ${describeErrno(code)}`);
  }
}
