import { describeErrno } from '../linux/errno.ts';
import type { Environment } from '../model/environment.ts';
import { EXIT } from '../model/exit-code.ts';
import { complaint } from '../report/complaint.ts';
import { markFor } from './journal.ts';
import { Output } from './output.ts';

const STDOUT = 1;
const STDERR = 2;

/** Prints all that a command has as its result. @returns the exit status; a reader that has gone (EPIPE) is no failure */
export async function printResult(text: string, env: Environment = process.env): Promise<number> {
  const output = new Output(STDOUT);
  output.add(text);
  await output.flush();
  if (output.failure === null || output.failure.code === 'EPIPE') return EXIT.done;
  await complain(`stdout: ${describeErrno(output.failure.code)}`, env);
  return EXIT.incomplete;
}

/** Says on stderr what failed. */
export async function complain(text: string, env: Environment): Promise<void> {
  const output = new Output(STDERR);
  output.add(complaint(markFor(STDERR, env), 'error', text));
  await output.flush();
}
