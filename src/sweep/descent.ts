import { joinPath } from '../bytes.ts';
import type { Bytes, Facts, Identity, Place, SweepError } from '../model.ts';
import { type Listing, listHere } from './listing.ts';
import { sameFile } from './lstat.ts';
import { stepDown, stepInto, stepOut } from './working-directory.ts';

/** A directory on the way down: what is still to be read in it, and the subdirectories still to be entered. */
export interface Level extends Place {
  readonly name: Bytes;
  readonly listing: Listing;
  readonly pending: Bytes[];
  /** Its first entries have been read. */
  opened: boolean;
  /** All its entries have been read. */
  listed: boolean;
  /** False once an lstat in it said EACCES: no other will do better. */
  searchable: boolean;
}

/**
 * The way from a target's root down to the directory we stand in, each level known by device and inode. Whatever
 * others move meanwhile, we stand in the deepest level whenever a method has returned (or nowhere, with no levels).
 */
export class Descent {
  readonly #root: Bytes;
  readonly #levels: Level[] = [];

  /** @param root absolute path, links resolved */
  constructor(root: Bytes) {
    this.#root = root;
  }

  get deepest(): Level | undefined {
    return this.#levels.at(-1);
  }

  /** 1 in the target itself. */
  get depth(): number {
    return this.#levels.length;
  }

  /** Directories not read to their end, each of which may hold a descriptor. */
  get openListings(): number {
    return this.#levels.filter((level) => !level.listed).length;
  }

  /** Steps into the root, which must still be the directory that was `expected`. */
  enterRoot(expected: Identity): SweepError[] {
    const step = stepDown(this.#root);
    if (step.step === 'gone') return [{ path: this.#root, code: 'ENOENT', syscall: 'chdir' }];
    if (step.step === 'failed') return [{ path: this.#root, code: step.code, syscall: step.syscall }];
    if (step.step !== 'entered' || !sameFile(step.here, expected)) return [changed(this.#root)];
    this.#push(this.#root, '', step.here);
    return [];
  }

  /** Steps into a subdirectory, which must be the one that lstat saw; where it has gone meanwhile, nothing happens. */
  enter(name: Bytes, facts: Facts): SweepError[] {
    const parent = this.deepest;
    const path = parent === undefined ? name : joinPath(parent.path, name);
    const step = stepInto(name, facts);
    switch (step.step) {
      case 'entered':
        this.#push(path, name, step.here);
        return [];
      case 'gone':
        return [];
      case 'failed':
        return [{ path, code: step.code, syscall: step.syscall }];
      case 'changed':
        return [changed(path), ...this.#comeBack()];
    }
  }

  /** Steps out of the deepest directory. */
  leave(): SweepError[] {
    this.#levels.pop()?.listing.close();
    const parent = this.deepest;
    return parent === undefined || stepOut(parent) ? [] : this.#comeBack();
  }

  /** Lets go of every open directory. */
  close(): void {
    for (const level of this.#levels.splice(0)) level.listing.close();
  }

  #push(path: Bytes, name: Bytes, here: Facts): void {
    const { dev, ino, size } = here;
    this.#levels.push({
      path,
      name,
      dev,
      ino,
      listing: listHere(size),
      pending: [],
      opened: false,
      listed: false,
      searchable: true,
    });
  }

  /** Goes down again from `/`; what is no longer what it was is left, with all that lies below it. */
  #comeBack(): SweepError[] {
    const errors: SweepError[] = [];
    while (this.#levels.length > 0) {
      const lost = this.#levels.splice(this.#stepDownIntactLevels());
      const [first] = lost;
      if (first === undefined) break;
      errors.push(changed(first.path));
      for (const level of lost) level.listing.close();
    }
    return errors;
  }

  #stepDownIntactLevels(): number {
    const [root, ...below] = this.#levels;
    const step = stepDown(this.#root);
    if (root === undefined || step.step !== 'entered' || !sameFile(step.here, root)) return 0;
    const moved = below.findIndex((level) => stepInto(level.name, level).step !== 'entered');
    return moved < 0 ? this.#levels.length : moved + 1;
  }
}

function changed(path: Bytes): SweepError {
  return { path, code: 'changed', syscall: 'chdir' };
}
