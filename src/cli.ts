import { writeSync } from 'node:fs';
import { CommanderError } from 'commander';
import { bugReport } from './bug.ts';
import { exactWords } from './exact-words.ts';
import { EXIT } from './exit-code.ts';
import { markFor } from './journal.ts';
import { runProgram } from './program.ts';
import { escapeText } from './report/escape.ts';
import { UsageError } from './usage-error.ts';

const STDERR = 2;

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

/** Says in a line what was wrong with the command line; anything else is a bug of ours, and is shown as it is. */
function sayWhy(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  if (error instanceof UsageError) {
    complain(`criu-sweep: ${escapeText(error.message)}\n`);
    return EXIT.wrongUsage;
  }
  complain(bugReport(error));
  return EXIT.ourBug;
}

function complain(text: string): void {
  try {
    const mark = markFor(STDERR, process.env)('error');
    writeSync(STDERR, text.replace(/^(?=.)/gm, mark));
  } catch {
    // With nobody to hear it, the exit status says it alone.
  }
}

main().then((code) => {
  process.exitCode = code;
});
