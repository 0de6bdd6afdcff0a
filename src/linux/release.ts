import { closeSync } from 'node:fs';
import { assertErrno } from './errno.ts';

/**
 * Closes a descriptor that was only read from. Whatever errno close(2) gives, the descriptor is closed
 * (close(2), "Dealing with error returns from close()"), and the data that was read is good.
 */
export function release(fd: number): void {
  try {
    closeSync(fd);
  } catch (error) {
    assertErrno(error);
  }
}
