import { asBytes } from '../../linux/bytes.ts';
import { type Mount, parseMountinfo } from '../../linux/mountinfo.ts';
import type { Bytes, Kind } from '../../model/model.ts';
import type { NameMatcher } from '../names.ts';

const NONE: readonly Bytes[] = [];

/**
 * Limit of mount points remembered for one name: an operator needs no more, and others can make very many.
 */
const MOST_MOUNT_POINTS = 8;
/** Limit of names remembered. */
const MOST_NAMES = 100_000;

/** Separators of names in a path and in a file system's options: overlay's `lowerdir=/a:/b,upperdir=/c`. */
const SEPARATORS = /[/:,=]/;

/**
 * The names in the mounts of any namespace: a component of the mount point, of the mount's root in its file
 * system, or of a directory in its options (overlay). mkdtemp's names are random, so a name identifies its
 * directory, whatever the path to it is there.
 */
export class MountedNames {
  readonly #match: NameMatcher;
  readonly #prefixes: readonly Bytes[];
  readonly #mountPoints = new Map<Bytes, Map<number, Bytes>>();
  #overflowed = false;

  constructor(kinds: readonly Kind[], match: NameMatcher) {
    this.#match = match;
    this.#prefixes = kinds.map((kind) => escapeOctal(kind.prefix));
  }

  /** There were more names than are remembered. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Adds lines of a mountinfo. Most hold no name that we look for, which is found without parsing them. */
  add(mountinfo: Bytes): void {
    if (!this.#prefixes.some((prefix) => mountinfo.includes(prefix))) return;
    for (const mount of parseMountinfo(mountinfo)) {
      this.addPath(mount.mountPoint, mount);
      this.addPath(mount.root, mount);
      this.addPath(mount.superOptions, mount);
    }
  }

  /** Takes in the names of a path that a mount lies on. The mount is known by its ID, not by its path. */
  addPath(path: Bytes, { id, mountPoint }: Pick<Mount, 'id' | 'mountPoint'>): void {
    if (path.length < 7) return;
    for (const name of path.split(SEPARATORS)) {
      if (this.#match(name) === undefined) continue;
      const known = this.#mountPoints.get(name) ?? new Map<number, Bytes>();
      if (known.size === 0) {
        if (this.#mountPoints.size >= MOST_NAMES) {
          this.#overflowed = true;
          return;
        }
        this.#mountPoints.set(copy(name), known);
      }
      if (known.size < MOST_MOUNT_POINTS && !known.has(id)) known.set(id, copy(mountPoint));
    }
  }

  /** The mount points of the mounts that have this name. */
  of(name: Bytes): readonly Bytes[] {
    if (this.#mountPoints.size === 0) return NONE;
    const known = this.#mountPoints.get(name);
    return known === undefined ? NONE : [...new Set(known.values())];
  }
}

/** A copy of a string: V8 would otherwise keep the whole text alive that it was cut from. */
export function copy(text: Bytes): Bytes {
  return asBytes(Buffer.from(text, 'latin1').toString('latin1'));
}

/** A name as mangle_path in fs/seq_file.c writes it into mountinfo. */
function escapeOctal(name: Bytes): Bytes {
  return asBytes(
    name.replace(/[ \t\n\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`),
  );
}
