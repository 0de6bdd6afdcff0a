import { readFileSync } from 'node:fs';
import type { Bytes } from '../model/model.ts';
import { asBytes, bytes, EMPTY, joinPath } from './bytes.ts';
import { makeDevice } from './device.ts';
import { type Errno, errnoOf, FOREIGN_PROC } from './errno.ts';
import { isProcMounted } from './proc.ts';

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), its octal escapes decoded. */
export interface Mount {
  /** The ID of this mount, and of the one it is mounted in. */
  readonly id: number;
  readonly parent: number;
  /** The file system's own device number, in the form of st_dev. */
  readonly device: number;
  /** The directory of that file system that is the mount's root. */
  readonly root: Bytes;
  readonly mountPoint: Bytes;
  readonly fsType: string;
  readonly superOptions: Bytes;
}

/** The field after the optional ones. */
const SEPARATOR = bytes`-`;

/** The mounts of a mountinfo text, in the order they were made. Skips lines that do not have the form. */
export function parseMountinfo(text: Bytes): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const [id, parent, device, root, mountPoint] = fields;
    const separator = fields.indexOf(SEPARATOR, 6);
    const fsType = fields[separator + 1];
    if (device === undefined || root === undefined || mountPoint === undefined || separator < 0) continue;
    if (fsType === undefined) continue;
    const [major = 0, minor = 0] = device.split(':').map(Number);
    const superOptions = unescapeOctal(fields[separator + 3] ?? EMPTY);
    mounts.push({
      id: Number(id),
      parent: Number(parent),
      device: makeDevice(major, minor),
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      fsType,
      superOptions,
    });
  }
  return mounts;
}

/**
 * Decodes the three octal digits that mountinfo has for space, tab, newline and backslash (mangle_path in
 * fs/seq_file.c).
 */
function unescapeOctal(field: Bytes): Bytes {
  return asBytes(
    field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
  );
}

export const OWN_MOUNTINFO = bytes`/proc/self/mountinfo`;

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
    for (let above = dirname(mountPoint); above !== null; above = dirname(above))
      if (this.#byPath.get(above)?.some((each) => each.parent === parent) === true) return true;
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
    for (let above: Bytes | null = path; above !== null; above = dirname(above)) {
      const mount = this.#shown(this.#byPath.get(above) ?? NONE);
      if (mount !== undefined) return mount;
    }
    return undefined;
  }
}

const NONE: readonly Mount[] = [];

/** The directory above an absolute path; `null` above `/`. */
function dirname(path: Bytes): Bytes | null {
  if (path.length < 2) return null;
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

const PSEUDO_FILE_SYSTEMS = new Set([
  'autofs',
  'binder',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'mqueue',
  'nfsd',
  'nsfs',
  'proc',
  'pstore',
  'resctrl',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'smackfs',
  'sysfs',
  'tracefs',
]);

/** Whether a file system holds no files: it shows kernel objects, or mounts others when walked (autofs). */
export function isPseudoFileSystem(fsType: string): boolean {
  return PSEUDO_FILE_SYSTEMS.has(fsType);
}

/**
 * Whether a program of some user answers for a file system: each look at it can fail, wait or lie
 * (Documentation/filesystems/fuse.rst; a subtype stands behind the dot).
 */
export function isFuse(fsType: string): boolean {
  return fsType === 'fuse' || fsType.startsWith('fuse.');
}
