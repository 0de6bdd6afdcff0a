import { readFileSync } from 'node:fs';
import { asBytes, isExact, toText } from '../../linux/bytes.ts';
import { assertErrno } from '../../linux/errno.ts';
import type { Environment } from '../../model/environment.ts';

/**
 * The names of the variables that a command does not get as they are: those that are not UTF-8, of which Node
 * keeps U+FFFD. Without /proc (proc_pid_environ(5)) those that may be such.
 */
export function lostVariables(env: Environment): readonly string[] {
  const suspect = Object.entries(env).filter((pair) => pair.join('=').includes('\uFFFD'));
  if (suspect.length === 0) return [];
  try {
    const all = asBytes(readFileSync('/proc/self/environ', 'latin1')).split('\0');
    return all
      .map(toText)
      .filter((each) => !isExact(each))
      .map(nameOf);
  } catch (error) {
    assertErrno(error);
    return suspect.map(([name]) => name);
  }
}

function nameOf(variable: string): string {
  return variable.split('=')[0] ?? '';
}
