import { isPseudoFileSystem } from '../linux/mountinfo.ts';
import { type OwnMounts, readOwnMounts } from '../linux/own-mounts.ts';
import type { Bytes, Place } from '../model/model.ts';

/** Limit for reading mountinfo again in one scan: others can mount and unmount without end. */
const MOST_READS = 64;

/**
 * The mounts of our namespace, as far as the scan needs them: those at its start, and newer ones where the
 * old ones do not explain what lstat said.
 */
export class MountNews {
  #mounts: OwnMounts;
  #reads = 0;

  constructor(mounts: OwnMounts) {
    this.#mounts = mounts;
  }

  /** Whether something has been mounted on `parent/name` since the start. Reads mountinfo. */
  hasNow(parent: Place, name: Bytes): boolean {
    return this.#readAgain() && this.#mounts.shownAt(parent, name) !== undefined;
  }

  /** Whether a st_dev belongs to a pseudo file system; false if no mount has it (a btrfs subvolume). */
  isPseudo(dev: number): boolean {
    const fsType = this.#fsTypeOf(dev) ?? (this.#readAgain() ? this.#fsTypeOf(dev) : undefined);
    return fsType !== undefined && isPseudoFileSystem(fsType);
  }

  #fsTypeOf(dev: number): string | undefined {
    return this.#mounts.fsTypeOf(dev);
  }

  #readAgain(): boolean {
    if (this.#reads >= MOST_READS) return false;
    this.#reads += 1;
    this.#mounts = readOwnMounts();
    return true;
  }
}
