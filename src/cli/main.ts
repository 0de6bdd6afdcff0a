import { writeSync } from 'node:fs';
import { CommanderError } from 'commander';
import { EXIT } from '../model/exit-code.ts';
import { UsageError } from '../model/usage-error.ts';
import { markFor } from '../output/journal.ts';
import { OutputLost } from '../output/print.ts';
import { STDERR } from '../output/standard-streams.ts';
import { bugReport, complaint } from '../report/complaint.ts';
import type { Mark } from '../report/severity.ts';
import { exactWords } from './exact-words.ts';
import { runProgram } from './program.ts';

async function main(): Promise<number> {
  try {
    await runProgram(exactWords(process.argv.slice(2)), process.env, (code) => {
      process.exitCode = code;
    });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return sayWhy(error);
  }
}

/**
 * Reports an error: in one line if the command line was wrong or help could not be printed, else as a bug of
 * ours, with its stack.
 *
 * @returns the exit status
 */
function sayWhy(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  if (error instanceof UsageError || error instanceof OutputLost) {
    say((mark) => complaint(mark, 'error', error.message));
    return error instanceof UsageError ? EXIT.wrongUsage : EXIT.incomplete;
  }
  say((mark) => bugReport(mark, error));
  return EXIT.ourBug;
}

function say(text: (mark: Mark) => string): void {
  try {
    writeSync(STDERR, text(markFor(STDERR, process.env)));
  } catch {
    // Nobody can read it: the exit status alone has to tell.
  }
}

main().then((code) => {
  process.exitCode = code;
});
