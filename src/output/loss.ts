import { describeErrno, errnoOf } from '../linux/errno.ts';
import { EXIT } from '../model/exit-code.ts';
import { UsageError } from '../model/usage-error.ts';
import type { Named } from './destination.ts';
import { NotFollowed } from './locate.ts';
import type { Output } from './output.ts';

/** The message for a file that could not be written: `--report r.json: ENOSPC: no space left on device`. */
export function failureText({ option, value }: Named, code: string): string {
  return `${option} ${value}: ${describeErrno(code)}`;
}

/** The message for a file that could not be opened. Throws an error of another kind again. */
export function lossText(named: Named, error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof NotFollowed) return `${named.option} ${named.value}: ${error.message}`;
  return failureText(named, errnoOf(error).code);
}

/** The message if stdout is not complete. `null`: it is, or its reader has gone (EPIPE) and wants no more. */
export function lossOf({ failure }: Output): string | null {
  return failure === null || failure.code === 'EPIPE' ? null : `stdout: ${describeErrno(failure.code)}`;
}

/** The exit status of a sweep, if some of its output could not be written. */
export function withLoss(exitCode: number): number {
  return exitCode === EXIT.done || exitCode === EXIT.somethingToRemove ? EXIT.incomplete : exitCode;
}
