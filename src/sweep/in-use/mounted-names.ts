import { readFileSync, readlinkSync } from 'node:fs';
import type { Bytes, Kind } from '../../model.ts';
import { parseMountinfo } from '../mountinfo.ts';
import type { NameMatcher } from '../names.ts';
import { look, type Seen } from './proc.ts';

const NONE: readonly Bytes[] = [];

/**
 * The names that mounts of any namespace bear, as a component of the mount point or of the mount's root in its file
 * system. mkdtemp's names are random, so a name identifies its directory whatever the path to it is called there.
 */
export class MountedNames {
  readonly #match: NameMatcher;
  readonly #prefixes: readonly Bytes[];
  readonly #mountPoints = new Map<Bytes, Set<Bytes>>();

  constructor(kinds: readonly Kind[], match: NameMatcher) {
    this.#match = match;
    this.#prefixes = kinds.map((kind) => escapeOctal(kind.prefix));
  }

  /** Takes in the mounts that a task of /proc sees. @param entry `17` or `17/task/18` */
  read(entry: string): Seen<void> {
    const text = look(() => readFileSync(`/proc/${entry}/mountinfo`, 'latin1'));
    if (text.seen !== 'yes') return text;
    this.add(text.value);
    const root = look(() => readlinkSync(`/proc/${entry}/root`, 'latin1'));
    if (root.seen === 'yes' && root.value !== '/') this.#addRoot(root.value, text.value);
    return root.seen === 'hidden' ? root : { seen: 'yes', value: undefined };
  }

  /** mountinfo begins at the task's root: what that lies on, in a chroot, only the path of the root's link says. */
  #addRoot(root: Bytes, mountinfo: Bytes): void {
    const isMount = parseMountinfo(mountinfo).some(({ mountPoint }) => mountPoint === '/');
    this.#addPath(isMount ? root : root.slice(0, root.lastIndexOf('/')), root);
  }

  /** Takes in a mountinfo text. Most hold no name of ours, and need no parsing to know it. */
  add(mountinfo: Bytes): void {
    if (!this.#prefixes.some((prefix) => mountinfo.includes(prefix))) return;
    for (const { mountPoint, root } of parseMountinfo(mountinfo)) {
      this.#addPath(mountPoint, mountPoint);
      this.#addPath(root, mountPoint);
    }
  }

  #addPath(path: Bytes, mountPoint: Bytes): void {
    for (const name of path.split('/')) {
      if (this.#match(name) === undefined) continue;
      const known = this.#mountPoints.get(name) ?? new Set();
      this.#mountPoints.set(name, known.add(mountPoint));
    }
  }

  /** The mount points of the mounts that bear this name. */
  of(name: Bytes): readonly Bytes[] {
    if (this.#mountPoints.size === 0) return NONE;
    const mountPoints = this.#mountPoints.get(name);
    return mountPoints === undefined ? NONE : [...mountPoints];
  }
}

/** As mangle_path in fs/seq_file.c writes a name into mountinfo. */
function escapeOctal(name: Bytes): Bytes {
  return name.replace(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}
