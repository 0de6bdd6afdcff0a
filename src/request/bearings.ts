import type { Bytes } from '../model/model.ts';

/**
 * Where targets led when they were first resolved, for sweeps that are repeated: what leads elsewhere since then was
 * exchanged by somebody. What was removed and made anew at the same place is the same target.
 */
export class Bearings {
  readonly #first = new Map<string, Bytes>();
  #startIntact = true;

  /** Notes whether we stand in the directory that relative targets are named from; else none of them leads anywhere. */
  atStart(intact: boolean): void {
    this.#startIntact = intact;
  }

  /** Whether a relative target can be looked for. */
  reaches(written: string): boolean {
    return this.#startIntact || written.startsWith('/');
  }

  /** Whether `written` leads where it did at first. @param resolved absolute, without links */
  holds(written: string, resolved: Bytes): boolean {
    const first = this.#first.get(written);
    if (first === undefined) this.#first.set(written, resolved);
    return first === undefined || first === resolved;
  }
}
