import { asBytes } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';
import type { Closing } from './closing.ts';

/** An `Error (FILE:LINE): …` of CRIU. */
export interface LoggedError {
  readonly message: Bytes;
  /** `criu/sk-unix.c:864`: file and line of CRIU's source. */
  readonly source: Bytes;
}

/**
 * Errors of the probes for kernel features, which a run survives: check_tun_cr(), uffd_noncooperative(),
 * probe_diag() and ip_tables probes in criu/kerndat.c and what it calls.
 */
const PROBE =
  /^(?:exited, status=\d|tun: Unable to create tun|uffd: Lazy pages are not available|Diag module missing)/;

/** Longest message that is kept, in bytes; CRIU's own are shorter. */
const MAX_MESSAGE = 1024;

/**
 * Finds the first error that a reader wants. Errors from before the operation began (kernel probes) did not
 * end a run that went on: they yield to later ones, and count only where the run did not get any further.
 */
export class FirstError {
  #begun = false;
  #main: LoggedError | null = null;
  #early: LoggedError | null = null;
  #probe: LoggedError | null = null;
  #failed: LoggedError | null = null;

  /** The operation itself has begun: a line told which one it is. */
  begin(): void {
    this.#begun = true;
  }

  /** Takes in an error. @param closing whether it is the line `… FAILED.` that closes the run */
  add(message: Bytes, source: Bytes, closing: boolean): void {
    if (closing) this.#failed ??= copied(message, source);
    else if (this.#begun) this.#main ??= copied(message, source);
    else if (PROBE.test(message)) this.#probe ??= copied(message, source);
    else this.#early ??= copied(message, source);
  }

  /**
   * The error; a `… FAILED.` only where it is the only one. `null`: none.
   *
   * @param closing how the run ended, if it says so
   * @param nearEnd there is an error in its last lines
   */
  get(closing: Closing | null, nearEnd: boolean): LoggedError | null {
    const failed = closing === null ? nearEnd : closing.outcome === 'failed';
    const early = this.#begun && !failed ? null : this.#early;
    return this.#main ?? early ?? (failed ? this.#probe : null) ?? this.#failed;
  }
}

function copied(message: Bytes, source: Bytes): LoggedError {
  return { message: copyOf(message.slice(0, MAX_MESSAGE)), source: copyOf(source) };
}

/** A copy of a part of a string: the part would keep the whole in memory, here a chunk of a log. */
export function copyOf(part: Bytes): Bytes {
  return asBytes(Buffer.from(part, 'latin1').toString('latin1'));
}
