import { posix } from 'node:path';
import { asBytes, bytes } from '../../linux/bytes.ts';
import { keyOf, lstatName, statPath } from '../../linux/lstat.ts';
import { readLink, statLink } from '../../linux/magic-link.ts';
import { attempt } from '../../linux/seen.ts';
import type { Bytes, Facts, Place, Reason, Unseen } from '../../model/model.ts';
import type { BlindSpots } from './blind-spots.ts';
import type { User } from './users.ts';

/** The program that makes the directories. */
export interface Maker {
  /** Tells it by its comm, whatever its argv says. */
  readonly isComm: (comm: Bytes) => boolean;
  /** The directory, by absolute path, where it makes some of them whatever directory it works in. */
  readonly temporary: Bytes;
}

const NOBODY: readonly User[] = [];

/** The errno of readlink(2) for what is no link. */
const NO_LINK = 'EINVAL';

/** The living makers, and where they work. Each may use what lies there, and in its temporary directory. */
export class LivingMakers {
  readonly #maker: Maker;
  readonly #blind: BlindSpots;
  readonly #all: User[] = [];
  /** By the key of the directory that they work in, or by its path. */
  readonly #byWorkDir = new Map<string, User[]>();
  /** Makers that may work anywhere: the kernel did not tell us where. */
  readonly #anywhere: (User & Unseen)[] = [];
  /** Our temporary directory, and that of every living maker, each by device and inode. */
  readonly #temporary = new Set<string>();

  constructor(maker: Maker, blind: BlindSpots) {
    this.#maker = maker;
    this.#blind = blind;
  }

  /** Adds our own temporary directory, also where a link leads to it. */
  addOurTemporary(): void {
    this.#addTemporary(this.#maker.temporary, null, statPath);
  }

  /**
   * Adds the temporary directory of a process. The kernel would follow an absolute link in our root, so one is followed
   * by its text.
   */
  #addTemporaryOf(user: User): void {
    const { temporary } = this.#maker;
    const root = bytes`/proc/${user.pid}/root`;
    const path = bytes`${root}${temporary}`;
    this.#addTemporary(path, user, lstatName);
    const link = readLink(path);
    if (link.kind === 'hidden' && link.code === NO_LINK) return;
    this.#blind.see(link, { path, user, open: () => false }, (text) => {
      const target = asBytes(posix.resolve(posix.dirname(temporary), text));
      this.#addTemporary(bytes`${root}${target}`, user, lstatName);
    });
  }

  #addTemporary(path: Bytes, user: User | null, look: (path: Bytes) => Facts | null): void {
    const here = attempt(() => look(path));
    this.#blind.see(here, { path, user, open: () => false }, (facts) => {
      if (facts !== null) this.#temporary.add(keyOf(facts));
    });
  }

  /**
   * Adds a process, if it is a maker. If it is neither root's nor ours, only the text of its link is read:
   * its file system may never answer.
   *
   * @param certain false: its comm is not known, so it may be one
   */
  add(user: User, certain: boolean): void {
    if (certain && !this.#maker.isComm(user.command)) return;
    const link = `/proc/${user.pid}/cwd`;
    if (!this.#blind.mayOpenOurs(user.pid)) {
      const path = readLink(link);
      if (path.kind === 'seen') this.#add(path.value, user);
      return;
    }
    const cwd = statLink(link);
    if (cwd.kind === 'gone') return;
    if (cwd.kind === 'seen') this.#add(keyOf(cwd.value), user);
    else this.#doubt({ code: cwd.code, syscall: cwd.syscall, ...user });
    this.#addTemporaryOf(user);
  }

  #add(workDir: string, user: User): void {
    this.#all.push(user);
    this.#byWorkDir.set(workDir, [...(this.#byWorkDir.get(workDir) ?? []), user]);
  }

  #doubt(unseen: User & Unseen): void {
    this.#all.push(unseen);
    if (this.#blind.counts(unseen.pid)) this.#anywhere.push(unseen);
  }

  /** The makers that may use what lies in a directory. */
  in(directory: Place): readonly User[] {
    if (this.#all.length === 0) return NOBODY;
    const key = keyOf(directory);
    if (this.#temporary.has(key)) return this.#all;
    return [...(this.#byWorkDir.get(key) ?? NOBODY), ...(this.#byWorkDir.get(directory.path) ?? NOBODY)];
  }

  /** Reasons why any directory may be used by a maker. */
  doubts(): readonly Reason[] {
    return this.#anywhere.map((unseen) => ({ why: 'unknown', ...unseen }));
  }
}
