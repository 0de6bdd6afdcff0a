import { describeErrno, errnoOf } from '../../errno.ts';
import { UsageError } from '../../usage-error.ts';

/** The directory that relative targets are named from, and the way back to it: a sweep moves around. */
export class StartingPlace {
  readonly #path: string | null = currentDirectory();
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
      process.chdir(this.#path);
    } catch (error) {
      const why = describeErrno(errnoOf(error).code);
      throw new UsageError(
        `${this.#path}: ${why}: relative targets are named from there: write them absolute`,
      );
    }
  }
}

function currentDirectory(): string | null {
  try {
    return process.cwd();
  } catch (error) {
    errnoOf(error);
    return null;
  }
}
