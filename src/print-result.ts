import { describeErrno } from './errno.ts';
import { EXIT } from './exit-code.ts';
import { Output } from './output.ts';
import { escapeText } from './report/escape.ts';

const STDOUT = 1;
const STDERR = 2;

/** Prints all that a command has as its result. @returns the exit status; a reader that has gone (EPIPE) is no failure */
export async function printResult(text: string): Promise<number> {
  const output = new Output(STDOUT);
  output.add(text);
  await output.flush();
  if (output.failure === null || output.failure.code === 'EPIPE') return EXIT.done;
  await complain(`stdout: ${describeErrno(output.failure.code)}`);
  return EXIT.incomplete;
}

/** Says on stderr what failed. */
export async function complain(text: string): Promise<void> {
  const output = new Output(STDERR);
  output.add(`criu-sweep: ${escapeText(text)}\n`);
  await output.flush();
}
