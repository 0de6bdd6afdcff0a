import { asBytes } from '../../linux/bytes.ts';
import { type Mount, parseMountinfo } from '../../linux/mountinfo.ts';
import type { Bytes, Kind } from '../../model/model.ts';
import { type NameMatcher, SUFFIX_LENGTH } from '../names.ts';

const NONE: readonly Bytes[] = [];

/**
 * Limit of mount points remembered for one name: an operator needs no more, and others can make very many.
 */
const MOST_MOUNT_POINTS = 8;
/** Limit of names remembered. */
const MOST_NAMES = 100_000;

/** Text before and behind a name in a file system's options: overlay's `lowerdir=/a:/b,upperdir=/c`. */
const SEPARATOR = /^[/:,=]?$/;

/** Characters that mountinfo may escape, or overlay in its options. */
const ESCAPED = /[^\w.-]+/;

/**
 * The names in the mounts of any namespace: a component of the mount point, of the mount's root in its file
 * system, or of a directory in its options (overlay). mkdtemp's names are random, so a name identifies its
 * directory, whatever the path to it is there.
 */
export class MountedNames {
  readonly #match: NameMatcher;
  readonly #prefixes: readonly Bytes[];
  /** A part of each prefix that stands in any mountinfo as it is. */
  readonly #traces: readonly string[];
  readonly #mountPoints = new Map<Bytes, Map<number, Bytes>>();
  #overflowed = false;

  constructor(kinds: readonly Kind[], match: NameMatcher) {
    this.#match = match;
    this.#prefixes = kinds.map(({ prefix }) => prefix);
    this.#traces = this.#prefixes.map(plainPart);
  }

  /** There were more names than are remembered. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Adds lines of a mountinfo. Most hold no name that we look for, which is found without parsing them. */
  add(mountinfo: Bytes): void {
    if (!this.#traces.some((trace) => mountinfo.includes(trace))) return;
    for (const mount of parseMountinfo(mountinfo)) {
      this.addPath(mount.mountPoint, mount);
      this.addPath(mount.root, mount);
      for (const name of this.#namesIn(mount.superOptions)) this.#add(name, mount);
    }
  }

  /** Takes in the names of a path that a mount lies on. The mount is known by its ID, not by its path. */
  addPath(path: Bytes, mount: Pick<Mount, 'id' | 'mountPoint'>): void {
    if (path.length < 7) return;
    for (const name of path.split('/')) if (this.#match(name) !== undefined) this.#add(name, mount);
  }

  /**
   * The names in a file system's options. overlay has a backslash before what would end a directory there
   * (fs/overlayfs/params.c), or shows it as it is.
   */
  *#namesIn(options: Bytes): Generator<Bytes> {
    const plain = asBytes(options.replace(/\\(.)/gs, '$1'));
    for (const text of plain === options ? [options] : [options, plain]) {
      for (const prefix of this.#prefixes) {
        for (let at = text.indexOf(prefix); at !== -1; at = text.indexOf(prefix, at + 1)) {
          const end = at + prefix.length + SUFFIX_LENGTH;
          const name = text.slice(at, end);
          const isWhole = SEPARATOR.test(text.charAt(at - 1)) && SEPARATOR.test(text.charAt(end));
          if (isWhole && this.#match(name) !== undefined) yield name;
        }
      }
    }
  }

  #add(name: Bytes, { id, mountPoint }: Pick<Mount, 'id' | 'mountPoint'>): void {
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

function plainPart(prefix: Bytes): string {
  const parts: readonly string[] = prefix.split(ESCAPED);
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}
