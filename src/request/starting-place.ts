import { realpathSync } from 'node:fs';
import { asBytes, decode } from '../linux/bytes.ts';
import { assertErrno, describeErrno } from '../linux/errno.ts';
import { sameFile, statHere } from '../linux/lstat.ts';
import { stepDown } from '../linux/working-directory.ts';
import type { Bytes, Identity } from '../model/model.ts';
import { UsageError } from '../model/usage-error.ts';

/** The directory that relative targets start from, and the way back to it, because a sweep moves around. */
export class StartingPlace {
  readonly #place: { readonly path: Bytes; readonly identity: Identity } | null = placeHere();
  readonly #needed: boolean;

  constructor(targets: readonly string[]) {
    this.#needed = targets.some((target) => !target.startsWith('/'));
    // A directory that was removed is left, if no target needs it.
    if (this.#place === null && !this.#needed) process.chdir('/');
  }

  /**
   * Goes back, if a target needs it, following no link: the path had none.
   *
   * @returns false if another directory or a link is there now, or if it had gone from the beginning
   * @throws UsageError if nothing is there, or it cannot be entered
   */
  goBack(): boolean {
    if (!this.#needed) return true;
    if (this.#place === null) return false;
    const { path, identity } = this.#place;
    const step = stepDown(path);
    if (step.kind === 'entered') return sameFile(step.here, identity);
    if (step.kind === 'changed') return false;
    const why = describeErrno(step.kind === 'gone' ? 'ENOENT' : step.code);
    throw new UsageError(
      `${decode(path).text}: ${why}: relative targets are named from there: write them absolute`,
    );
  }
}

/** The working directory; `null` if it was removed (ENOENT) or we cannot tell its path. */
function placeHere(): { path: Bytes; identity: Identity } | null {
  try {
    return { path: asBytes(realpathSync.native('.', 'latin1')), identity: statHere() };
  } catch (error) {
    assertErrno(error);
    return null;
  }
}
