import { getSystemErrorMap } from 'node:util';
import { NAMELESS } from './errno-names.ts';

/** A failed system call: the errno's name and the call. */
export interface Errno {
  readonly code: string;
  readonly syscall: string;
}

/** The errno that one of Node's fs calls threw. Anything else is a bug of ours and is thrown again. */
export function errnoOf(error: unknown): Errno {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const syscall = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : 'unknown';
    if ('errno' in error) return { code: nameOf(error.code, error.errno), syscall };
  }
  throw error;
}

/** Throws again what no system call of Node's threw: a bug of ours, never an answer of the kernel. */
export function assertErrno(error: unknown): void {
  errnoOf(error);
}

/** The code for what cannot be read because /proc shows another pid namespace than ours. */
export const FOREIGN_PROC = 'foreign-proc';

/** An errno's name with the text of strerror(3): `EPERM: operation not permitted`. */
export function describeErrno(code: string): string {
  if (code === 'changed')
    return 'changed while it was swept: moved or replaced by somebody, so it was left alone';
  if (code === FOREIGN_PROC)
    return 'cannot be read: /proc shows another pid namespace than ours: enter that one too (nsenter --pid), or mount a /proc of our own';
  if (code === 'too-many-logs')
    return 'no more logs are read: they are more than 50,000, or 2 GiB, or have 32 MiB of paths and errors: name fewer directories';
  if (code === 'forbidden')
    return 'leads to /, /proc, /sys, /dev (but /dev/shm) or a kernel file system, where nothing is ever swept';
  if (code === 'malformed')
    return 'is not what its program reads, or names no absolute path there: directories that it moves are not looked at';
  for (const [, [name, text]] of getSystemErrorMap()) if (name === code) return `${code}: ${text}`;
  const nameless = NAMELESS.find(([, name]) => name === code);
  return nameless === undefined ? code : `${code}: ${nameless[2]}`;
}

/** The C library's name for an error that libuv calls unknown; `E` and the number if neither has a name. */
function nameOf(code: string, errno: unknown): string {
  if (!code.startsWith('Unknown system error') || typeof errno !== 'number') return code;
  return NAMELESS.find(([number]) => number === -errno)?.[1] ?? `E${-errno}`;
}
