import { readFileSync } from 'node:fs';
import type { Bytes } from '../model/model.ts';
import { asBytes, bytes, joinPath, parentOf } from './bytes.ts';
import { type Errno, errnoOf, FOREIGN_PROC } from './errno.ts';
import { type Mount, parseMountinfo } from './mountinfo.ts';
import { isProcMounted } from './proc.ts';

export const OWN_MOUNTINFO = bytes`/proc/self/mountinfo`;

const NONE: readonly Mount[] = [];

/**
 * The mounts of our own namespace below our root. ENOENT: there is no /proc, so no mount is known. Every
 * other errno: they could not be read, and then nothing may be swept. So too where /proc shows another pid namespace,
 * as after `nsenter --mount` without `--pid`: its `self` leads nowhere.
 */
export function readOwnMounts(): OwnMounts {
  try {
    return new OwnMounts(parseMountinfo(asBytes(readFileSync(OWN_MOUNTINFO, 'latin1'))));
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    if (code !== 'ENOENT') return new OwnMounts([], { code, syscall });
    return new OwnMounts([], isProcMounted() ? { code: FOREIGN_PROC, syscall } : null);
  }
}

/** The mounts of our own namespace, to be looked up by absolute path. */
export class OwnMounts {
  /** In the order of mountinfo. */
  readonly all: readonly Mount[];
  /** Those of one mount point in the order of mountinfo. */
  readonly #byPath = new Map<Bytes, Mount[]>();
  #byId: ReadonlyMap<number, Mount> | null = null;
  readonly #lastComponents = new Set<Bytes>();
  readonly #fsTypes = new Map<number, string>();
  /** The errno of reading them; `null`: they were read, or there is no /proc. */
  readonly failure: Errno | null;

  constructor(mounts: readonly Mount[], failure: Errno | null = null) {
    this.all = mounts;
    this.failure = failure;
    for (const mount of mounts) {
      const stacked = this.#byPath.get(mount.mountPoint);
      if (stacked === undefined) this.#byPath.set(mount.mountPoint, [mount]);
      else stacked.push(mount);
      this.#lastComponents.add(mount.mountPoint.slice(mount.mountPoint.lastIndexOf('/') + 1));
      this.#fsTypes.set(mount.device, mount.fsType);
    }
  }

  /**
   * The topmost mount whose mount point is `parent/name`, also where another one is mounted over a directory above and
   * hides it. Nearly always found without using the parent.
   */
  at(parent: { readonly path: Bytes }, name: Bytes): Mount | undefined {
    return this.#allAt(parent, name).at(-1);
  }

  /** As {@link at}, but only the mount that a walk to `parent/name` comes to. */
  shownAt(parent: { readonly path: Bytes }, name: Bytes): Mount | undefined {
    return this.#shown(this.#allAt(parent, name));
  }

  #allAt(parent: { readonly path: Bytes }, name: Bytes): readonly Mount[] {
    if (!this.#lastComponents.has(name)) return NONE;
    return this.#byPath.get(joinPath(parent.path, name)) ?? NONE;
  }

  #shown(stacked: readonly Mount[]): Mount | undefined {
    return stacked.findLast((mount) => !this.#isHidden(mount));
  }

  /**
   * Whether another mount lies over a directory on the way to a mount. That one is mounted in the same mount, above; it may
   * be a bind mount of the very directory (`mount --bind /data /data`).
   */
  #isHidden(mount: Mount): boolean {
    this.#byId ??= new Map(this.all.map((each) => [each.id, each]));
    const passed = new Set<number>();
    for (let at: Mount | undefined = mount; at !== undefined; at = this.#byId.get(at.parent)) {
      if (passed.has(at.id)) return false;
      passed.add(at.id);
      if (this.#isCovered(at)) return true;
    }
    return false;
  }

  #isCovered({ parent, mountPoint }: Mount): boolean {
    for (const path of upFrom(mountPoint))
      if (path !== mountPoint && this.#byPath.get(path)?.some((each) => each.parent === parent)) return true;
    return false;
  }

  /** The type of the file system that a st_dev belongs to; `undefined` if it is unknown. */
  fsTypeOf(dev: number): string | undefined {
    return this.#fsTypes.get(dev);
  }

  /**
   * Notes that a st_dev belongs to the mount of this ID. Mountinfo does not tell the st_dev of subvolumes
   * (btrfs).
   */
  identify(dev: number, id: number): void {
    const mount = this.#fsTypes.has(dev) ? undefined : this.all.find((each) => each.id === id);
    if (mount !== undefined) this.#fsTypes.set(dev, mount.fsType);
  }

  /** The mount that a path lies in: the mount with the longest mount point that contains the path. */
  containing(path: Bytes): Mount | undefined {
    for (const above of upFrom(path)) {
      const mount = this.#shown(this.#byPath.get(above) ?? NONE);
      if (mount !== undefined) return mount;
    }
    return undefined;
  }
}

/** An absolute path, and each directory above it. */
function* upFrom(path: Bytes): Generator<Bytes, void, void> {
  let at = path;
  for (;;) {
    yield at;
    const above = parentOf(at);
    if (above === at) return;
    at = above;
  }
}
