import type { Bytes } from '../model/model.ts';

/**
 * The places that targets led to when they were first resolved, for repeated sweeps. If a target leads
 * elsewhere now, somebody exchanged it. A directory that was removed and made again at the same place is the
 * same target.
 */
export class Bearings {
  readonly #first = new Map<string, Bytes>();
  #startIntact = true;

  /**
   * Notes whether we stand in the directory that relative targets start from. If not, none of them leads
   * anywhere.
   */
  atStart(intact: boolean): void {
    this.#startIntact = intact;
  }

  /** Whether a target can be looked for: a relative one only from the directory it starts from. */
  reaches(written: string): boolean {
    return this.#startIntact || written.startsWith('/');
  }

  /** Whether `written` leads to the same place as at first. @param resolved absolute, without links */
  holds(written: string, resolved: Bytes): boolean {
    const first = this.#first.get(written);
    if (first === undefined) this.#first.set(written, resolved);
    return first === undefined || first === resolved;
  }
}
