import { type Errno, errnoOf } from './errno.ts';

/**
 * The result of reading something of a process in /proc. `gone`: the process ended (or is a zombie, which
 * uses nothing). `hidden`: it was not seen, because we may not (EACCES, EPERM) or the call failed in another
 * way.
 */
export type Seen<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'gone' }
  | ({ readonly kind: 'hidden' } & Errno);

/** The result of a read that gave nothing. */
export type Unread = Exclude<Seen<never>, { readonly kind: 'seen' }>;

/** A process that ended has no entry (ENOENT), or one that leads nowhere any more (ESRCH). */
export const GONE: readonly string[] = ['ENOENT', 'ESRCH'];

/** Reads something of a process that may end at any moment. @param gone errnos that mean that it has ended */
export function attempt<T>(read: () => T, gone: readonly string[] = GONE): Seen<T> {
  try {
    return { kind: 'seen', value: read() };
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    return gone.includes(code) ? { kind: 'gone' } : { kind: 'hidden', code, syscall };
  }
}

/**
 * Errnos that are answers, not failures. ENAMETOOLONG: the path of a magic link is longer than a page (d_path
 * in fs/d_path.c).
 */
const ANSWERS = ['EACCES', 'EPERM', 'ENAMETOOLONG'];

/**
 * Whether an errno means that a call failed and may succeed the next time; false if it means that we may not
 * ask.
 */
export function isFailure({ code }: Pick<Errno, 'code'>): boolean {
  return /^E[A-Z0-9]+$/.test(code) && !ANSWERS.includes(code);
}
