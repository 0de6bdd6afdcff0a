import { realpathSync } from 'node:fs';
import { decode } from '../../bytes.ts';
import { describeErrno, errnoOf } from '../../errno.ts';
import type { Bytes } from '../../model.ts';
import { changeDirectory } from '../../sweep/working-directory.ts';
import { UsageError } from '../../usage-error.ts';

/** The directory that relative targets are named from, and the way back to it: a sweep moves around. */
export class StartingPlace {
  readonly #path: Bytes | null = currentDirectory();
  readonly #needed: boolean;

  constructor(targets: readonly string[]) {
    this.#needed = targets.some((target) => !target.startsWith('/'));
    // A directory that was removed is no place to start from, where no target needs it.
    if (this.#path === null && !this.#needed) process.chdir('/');
  }

  /** @throws UsageError where it is gone and a target is relative to it */
  goBack(): void {
    if (!this.#needed || this.#path === null) return;
    try {
      changeDirectory(this.#path);
    } catch (error) {
      const why = describeErrno(errnoOf(error).code);
      const path = decode(this.#path).text;
      throw new UsageError(`${path}: ${why}: relative targets are named from there: write them absolute`);
    }
  }
}

function currentDirectory(): Bytes | null {
  try {
    return realpathSync.native('.', 'latin1');
  } catch (error) {
    errnoOf(error);
    return null;
  }
}
