import { bytes, encode } from '../../linux/bytes.ts';
import { isDirectory } from '../../linux/lstat.ts';
import { linkName, statLink } from '../../linux/magic-link.ts';
import { fewDescriptors, manyDescriptors } from '../../linux/task-descriptors.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes } from '../../model/model.ts';
import type { BlindSpots, Sight } from './blind-spots.ts';
import type { MountViews } from './mount-views.ts';
import { inodeOf, type Root, taskOf } from './task.ts';
import type { User } from './users.ts';
import type { UsersByDirectory } from './users-by-directory.ts';
import { isNamespaceFile } from './visited-namespace.ts';
import type { Work } from './work.ts';

const PAUSE: Pause = { type: 'pause' };

/** Limit of descriptors that are looked at: others decide how many they have. */
const MOST_LINKS = 4_000_000;

/** The places where findings are kept, and the work that it takes. */
interface Findings {
  readonly blind: BlindSpots;
  readonly mounts: MountViews;
  readonly users: UsersByDirectory;
  readonly work: Work;
}

/** The look at the magic links of tasks: their working directories, roots and open descriptors. */
export class Links {
  readonly #blind: BlindSpots;
  readonly #mounts: MountViews;
  readonly #users: UsersByDirectory;
  readonly #work: Work;
  /** The mount ID of our own root directory, where that is the mount's. */
  readonly #ourRoot: number | null;
  readonly #most: number;
  #read = 0;

  /** @param most limit of descriptors; beyond it, only those of root's and our processes are looked at */
  constructor({ blind, mounts, users, work }: Findings, most = MOST_LINKS) {
    this.#most = most;
    this.#blind = blind;
    this.#mounts = mounts;
    this.#users = users;
    this.#work = work;
    const { root } = taskOf(bytes`self`);
    this.#ourRoot = root.kind === 'seen' ? root.value.mountId : null;
  }

  /** Takes in the root directory of a task. */
  addRoot(root: Root, link: string, user: User): void {
    if (!this.#isOurRoot(root)) this.#addUse(root.path, link, user);
  }

  /** Whether it is the root that nearly all have, and nobody's leftover. */
  #isOurRoot({ mountId, path }: Root): boolean {
    return path === '/' && mountId === this.#ourRoot;
  }

  /** Takes in where the open descriptors of a task lead. @param sight its `fd` */
  *lookAtDescriptors(sight: Sight, user: User): Generator<Pause, void, void> {
    const few = fewDescriptors(sight.path);
    const lists = few.kind === 'seen' && few.value === null ? manyDescriptors(sight.path) : [few];
    for (const list of lists) {
      this.#blind.see(list, sight, () => {});
      if (list.kind !== 'seen') return;
      for (const fd of list.value ?? []) {
        this.#read += 1;
        if (this.#read > this.#most && !this.#blind.mayOpenOurs(user.pid)) {
          this.#blind.overflow('readlink');
          return;
        }
        this.lookAt(`${sight.path}/${fd}`, sight, user);
        if (this.#work.add(1)) yield PAUSE;
      }
    }
  }

  /**
   * Takes in where a magic link leads. Mostly its text tells that it is of no interest.
   *
   * @param task the one it belongs to
   */
  lookAt(link: string, task: Sight, user: User): void {
    const name = linkName(link);
    if (typeof name === 'string') this.#addUse(name, link, user);
    // One that is longer than a page cannot be said (d_path in fs/d_path.c).
    else if (name.kind === 'hidden' && name.code === 'ENAMETOOLONG') this.#addFileUse(link, user);
    else this.#blind.see(name, { ...task, path: encode(link) }, () => {});
  }

  #addUse(path: Bytes, link: string, user: User): void {
    if (path.startsWith('mnt:[')) this.#mounts.pin(path, encode(link), user);
    else if (user.pid === process.pid) return;
    else if (path === '/') this.#addFileUse(link, user);
    else if (path.includes('/')) {
      this.#users.addPath(path, user, () => {
        if (!this.#blind.mayOpenOurs(user.pid)) return null;
        const file = statLink(link);
        return file.kind === 'seen' ? file.value : null;
      });
    }
  }

  /**
   * Takes in which file it is. If the process is neither root's nor ours, its file system is not asked: it
   * may never answer. A file system in user space may refuse root (fuse(4)), and holds none of ours then.
   */
  #addFileUse(link: string, user: User): void {
    if (user.pid === process.pid) return;
    if (!this.#blind.mayOpenOurs(user.pid)) {
      const ino = inodeOf(link);
      if (ino.kind === 'seen') this.#users.addInode(ino.value, user);
      return;
    }
    const path = encode(link);
    this.#blind.see(statLink(link), { path, user, open: () => false }, (facts) => {
      if (isDirectory(facts)) this.#users.addFile(facts, user);
      else if (isNamespaceFile(facts)) this.#mounts.pin(encode(`mnt:[${facts.ino}]`), path, user, false);
    });
  }
}
