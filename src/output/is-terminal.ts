import { fstatSync } from 'node:fs';
import { assertErrno } from '../linux/errno.ts';
import { tty } from '../linux/lazy-builtins.ts';

/** Whether a descriptor is a terminal, as isatty(3) says. False for one that is closed. */
export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && tty().isatty(fd);
  } catch (error) {
    assertErrno(error);
    return false;
  }
}
