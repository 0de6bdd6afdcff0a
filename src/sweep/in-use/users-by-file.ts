import type { Identity } from '../../model.ts';
import type { User } from './users.ts';

const NOBODY: readonly User[] = [];

/** Who uses which file, by inode first: it is asked for every candidate, and nearly always the answer is nobody. */
export class UsersByFile {
  readonly #byInode = new Map<number | bigint, { readonly dev: number; readonly users: User[] }[]>();

  /** Takes in a use; one user who uses a file several times running is one. */
  add({ dev, ino }: Identity, user: User): void {
    const files = this.#byInode.get(ino) ?? [];
    if (files.length === 0) this.#byInode.set(ino, files);
    const known = files.find((file) => file.dev === dev);
    if (known === undefined) files.push({ dev, users: [user] });
    else if (known.users.at(-1) !== user) known.users.push(user);
  }

  /** The users of a file. */
  of({ dev, ino }: Identity): readonly User[] {
    return this.#byInode.get(ino)?.find((file) => file.dev === dev)?.users ?? NOBODY;
  }
}
