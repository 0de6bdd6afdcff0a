import { EMPTY, joinPath } from '../../linux/bytes.ts';
import { currentDirectory } from '../../linux/working-directory.ts';
import type { Bytes } from '../../model/model.ts';

/**
 * Our working directory, which may be moved while the command runs: it stays the same, and its path does not.
 */
export class CurrentPlace {
  readonly #before = currentDirectory();

  /**
   * A function that tells where a path lies now that lay there when this was made. Call it while we still
   * stand in that directory.
   */
  follow(): (path: Bytes) => Bytes {
    const before = this.#before;
    const now = currentDirectory();
    if (before === null || now === null || now === before) return (path) => path;
    return (path) => {
      if (path === before) return now;
      const above = joinPath(before, EMPTY);
      return path.startsWith(above) ? joinPath(now, path.slice(above.length)) : path;
    };
  }
}
