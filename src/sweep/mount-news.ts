import { isPseudoFileSystem, type OwnMounts, readOwnMounts } from '../linux/mountinfo.ts';
import type { Bytes, Place } from '../model/model.ts';

/** Times that mountinfo is read again in one scan: others can mount and unmount without end. */
const MOST_READS = 64;

/**
 * What is mounted in our namespace as far as the scan has to know: what was there at its start, and, where that does
 * not explain what lstat said, what has been mounted since.
 */
export class MountNews {
  #mounts: OwnMounts;
  #reads = 0;

  constructor(mounts: OwnMounts) {
    this.#mounts = mounts;
  }

  /** Whether something has been mounted on `parent/name` since the start. Reads mountinfo. */
  hasNow(parent: Place, name: Bytes): boolean {
    return this.#readAgain() && this.#mounts.at(parent, name) !== undefined;
  }

  /** Whether a st_dev is that of a pseudo file system; of one that is no mount's (a btrfs subvolume's) it is not. */
  isPseudo(dev: number): boolean {
    const fsType = this.#fsTypeOf(dev) ?? (this.#readAgain() ? this.#fsTypeOf(dev) : undefined);
    return fsType !== undefined && isPseudoFileSystem(fsType);
  }

  #fsTypeOf(dev: number): string | undefined {
    return this.#mounts.all.find((mount) => mount.device === dev)?.fsType;
  }

  #readAgain(): boolean {
    if (this.#reads >= MOST_READS) return false;
    this.#reads += 1;
    this.#mounts = readOwnMounts();
    return true;
  }
}
