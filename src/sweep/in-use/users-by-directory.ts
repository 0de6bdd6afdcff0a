import { keyOf } from '../../linux/lstat.ts';
import type { Bytes, Candidate, Identity } from '../../model/model.ts';
import type { NameMatcher } from '../names.ts';
import { copy } from './mounted-names.ts';
import type { User } from './users.ts';

const NOBODY: readonly User[] = [];

/** Uses remembered at most: others can make very many. */
const MOST_USES = 200_000;
/** Users remembered of one directory. */
const MOST_USERS = 64;

/** A use, and the directory that was found at the end of its path: `null` where that could not be asked. */
interface NamedUse {
  readonly user: User;
  readonly file: string | null;
}

/**
 * Who uses which directory, by the path that the magic links of /proc say: its last component identifies a directory
 * of mkdtemp(3), whatever the way to it is called in another namespace, a chroot or an overlay. Where that path is only
 * `/` (a mount that was detached) or too long to be said, by device and inode.
 */
export class UsersByDirectory {
  readonly #match: NameMatcher;
  readonly #byName = new Map<Bytes, NamedUse[]>();
  readonly #byFile = new Map<string, User[]>();
  #uses = 0;

  constructor(match: NameMatcher) {
    this.#match = match;
  }

  /** There were more uses than are remembered. */
  get overflowed(): boolean {
    return this.#uses >= MOST_USES;
  }

  /** Takes in a use by a path. @param identify asks which file that is, where the name is one of ours */
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

  /** Takes in a use of a directory. */
  addFile(file: Identity, user: User): void {
    const key = keyOf(file);
    const known = this.#byFile.get(key) ?? [];
    if (known.at(-1)?.pid === user.pid || known.length >= MOST_USERS || this.overflowed) return;
    if (known.length === 0) this.#byFile.set(key, known);
    known.push(user);
    this.#uses += 1;
  }

  /**
   * The users of a candidate.
   *
   * @param mounted whether something is mounted on it: one of its name that is another directory is then that mount's
   *   root, and what an overlay shows of it otherwise
   */
  of({ name }: Pick<Candidate, 'name'>, facts: Identity, mounted: boolean): readonly User[] {
    if (this.#uses === 0) return NOBODY;
    const key = keyOf(facts);
    const byName = (this.#byName.get(name) ?? [])
      .filter(({ file }) => !mounted || file === null || file === key)
      .map(({ user }) => user);
    return [...byName, ...(this.#byFile.get(key) ?? NOBODY)];
  }
}
