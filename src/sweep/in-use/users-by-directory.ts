import { keyOf, parseInode } from '../../linux/lstat.ts';
import type { Bytes, Candidate, Identity } from '../../model/model.ts';
import type { NameMatcher } from '../names.ts';
import { copy } from './mounted-names.ts';
import type { User } from './users.ts';

const NOBODY: readonly User[] = [];

/** Limit of uses remembered: others can make very many. */
const MOST_USES = 200_000;
/** Limit of users remembered for one directory. */
const MOST_USERS = 64;

/** A use, and the directory at the end of its path; `null` if that could not be asked. */
interface NamedUse {
  readonly user: User;
  readonly file: string | null;
}

/**
 * The users of directories, by the path in the magic links of /proc. Its last component identifies a
 * directory of mkdtemp(3), whatever the path to it is in another namespace, a chroot or an overlay. If the
 * path is only `/` (a detached mount) or too long for the kernel to give, by device and inode.
 */
export class UsersByDirectory {
  readonly #match: NameMatcher;
  readonly #byName = new Map<Bytes, NamedUse[]>();
  readonly #byFile = new Map<string, User[]>();
  readonly #byInode = new Map<string, User[]>();
  /** The inode numbers of both. A candidate that has none of them needs no key: V8 keeps texts of numbers. */
  readonly #inodes = new Set<number | bigint>();
  #uses = 0;

  constructor(match: NameMatcher) {
    this.#match = match;
  }

  /** There were more uses than are remembered. */
  get overflowed(): boolean {
    return this.#uses >= MOST_USES;
  }

  /** Adds a use by a path. @param identify asks which file that is, if the name is one that we look for */
  addPath(path: Bytes, user: User, identify: () => Identity | null): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (this.#match(name) === undefined) return;
    const known = this.#byName.get(name) ?? [];
    if (known.length >= MOST_USERS || this.overflowed) return;
    if (known.length === 0) this.#byName.set(copy(name), known);
    const file = identify();
    known.push({ user, file: file === null ? null : keyOf(file) });
    this.#uses += 1;
  }

  /** Adds a use of a directory. */
  addFile(file: Identity, user: User): void {
    this.#add(this.#byFile, keyOf(file), user, file.ino);
  }

  /** Adds a use of a directory of which only the inode number is known, as decimal digits. */
  addInode(ino: string, user: User): void {
    this.#add(this.#byInode, ino, user, parseInode(ino));
  }

  #add(users: Map<string, User[]>, key: string, user: User, ino: number | bigint): void {
    const known = users.get(key) ?? [];
    if (known.at(-1)?.pid === user.pid || known.length >= MOST_USERS || this.overflowed) return;
    if (known.length === 0) users.set(key, known);
    this.#inodes.add(ino);
    known.push(user);
    this.#uses += 1;
  }

  /**
   * The users of a candidate.
   *
   * @param mounted whether something is mounted on it. If so, another directory of its name is the root of
   *   that mount; if not, it is the candidate as an overlay shows it
   */
  of({ name }: Pick<Candidate, 'name'>, facts: Identity, mounted: boolean): readonly User[] {
    const named = this.#byName.get(name);
    if (named === undefined && !this.#inodes.has(facts.ino)) return NOBODY;
    const key = keyOf(facts);
    const byName = (named ?? [])
      .filter(({ file }) => !mounted || file === null || file === key)
      .map(({ user }) => user);
    const byInode = this.#byInode.get(String(facts.ino)) ?? NOBODY;
    return [...byName, ...(this.#byFile.get(key) ?? NOBODY), ...byInode];
  }
}
