import { describeErrno } from '../linux/errno.ts';
import type { Environment } from '../model/environment.ts';
import { EXIT } from '../model/exit-code.ts';
import { complaint } from '../report/complaint.ts';
import { markFor } from './journal.ts';
import { Output } from './output.ts';
import { STDERR, STDOUT } from './standard-streams.ts';

/**
 * Prints the whole result of a command on stdout, and says on stderr why that failed. A reader that has gone
 * (EPIPE) is no failure.
 *
 * @param exitCode the command's exit status if nothing failed
 * @returns the exit status
 */
export async function printResult(
  text: string,
  env: Environment,
  exitCode: number = EXIT.done,
): Promise<number> {
  const output = new Output(STDOUT);
  output.add(text);
  await output.flush();
  if (output.failure === null || output.failure.code === 'EPIPE') return exitCode;
  await complain(`stdout: ${describeErrno(output.failure.code)}`, env);
  return EXIT.incomplete;
}

/** Says on stderr what failed. */
export async function complain(text: string, env: Environment): Promise<void> {
  const output = new Output(STDERR);
  output.add(complaint(markFor(STDERR, env), 'error', text));
  await output.flush();
}
