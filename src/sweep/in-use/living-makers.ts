import { keyOf } from '../../linux/lstat.ts';
import { statLink } from '../../linux/proc.ts';
import type { Bytes, Identity, Reason, Unseen } from '../../model/model.ts';
import type { BlindSpots } from './blind-spots.ts';
import type { User } from './users.ts';

/** The program that makes the directories. */
export interface Maker {
  /** Its comm, whatever its argv says. */
  readonly comm: Bytes;
  /** The directory, by absolute path, where it makes some of them whatever directory it works in. */
  readonly temporary: string;
}

const NOBODY: readonly User[] = [];

/** The living makers, and where they work. Each may use what lies there, and in its temporary directory. */
export class LivingMakers {
  readonly #maker: Maker;
  readonly #blind: BlindSpots;
  readonly #all: User[] = [];
  readonly #byWorkDir = new Map<string, User[]>();
  /** Makers that may work anywhere: the kernel did not tell us where. */
  readonly #anywhere: (User & Unseen)[] = [];
  /** Our temporary directory, and that of every living maker, each by device and inode. */
  readonly #temporary = new Set<string>();

  constructor(maker: Maker, blind: BlindSpots) {
    this.#maker = maker;
    this.#blind = blind;
  }

  /** Adds our own temporary directory. */
  addOurTemporary(): void {
    this.#addTemporary(this.#maker.temporary, null);
  }

  #addTemporary(path: string, user: User | null): void {
    this.#blind.see(statLink(path), { path, user, open: false }, (facts) =>
      this.#temporary.add(keyOf(facts)),
    );
  }

  /** Adds a process, if it is a maker. @param certain false: its comm is not known, so it may be one */
  add(user: User, certain: boolean): void {
    if (certain && user.command !== this.#maker.comm) return;
    const cwd = statLink(`/proc/${user.pid}/cwd`);
    if (cwd.seen === 'gone') return;
    this.#all.push(user);
    if (cwd.seen === 'yes') {
      const key = keyOf(cwd.value);
      this.#byWorkDir.set(key, [...(this.#byWorkDir.get(key) ?? []), user]);
    } else if (this.#blind.counts(user.pid)) {
      this.#anywhere.push({ code: cwd.code, syscall: cwd.syscall, ...user });
    }
    this.#addTemporary(`/proc/${user.pid}/root${this.#maker.temporary}`, user);
  }

  /** The makers that may use what lies in a directory. */
  in(directory: Identity): readonly User[] {
    if (this.#all.length === 0) return NOBODY;
    const key = keyOf(directory);
    return this.#temporary.has(key) ? this.#all : (this.#byWorkDir.get(key) ?? NOBODY);
  }

  /** Reasons why any directory may be used by a maker. */
  doubts(): readonly Reason[] {
    return this.#anywhere.map((unseen) => ({ why: 'unknown', ...unseen }));
  }
}
