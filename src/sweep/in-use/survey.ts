import { bytes, EMPTY, encode } from '../../linux/bytes.ts';
import { isDirectory } from '../../linux/lstat.ts';
import {
  commOf,
  fewDescriptors,
  linkName,
  listPids,
  manyDescriptors,
  otherThreads,
  readLink,
  statLink,
} from '../../linux/proc.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes, Candidate, Facts, Kind, Reason } from '../../model/model.ts';
import type { NameMatcher } from '../names.ts';
import { BlindSpots, type Sight } from './blind-spots.ts';
import { LivingMakers, type Maker } from './living-makers.ts';
import { MountViews } from './mount-views.ts';
import { inodeOf, type Root, taskOf } from './task.ts';
import type { User } from './users.ts';
import { UsersByDirectory } from './users-by-directory.ts';
import { isNamespaceFile } from './visited-namespace.ts';

const ROOT = 0;
const NO_USES: readonly Reason[] = [];
const PAUSE: Pause = { type: 'pause' };

/** Links read between two pauses, and the cost of a process in links. */
const PAUSE_AFTER = 2048;
const PROCESS_COST = 16;

/**
 * Limit of descriptors looked at. Beyond it, those of processes that are neither root's nor ours are skipped.
 */
const MOST_LINKS = 4_000_000;

/** Limit for listing /proc again, to find processes that started meanwhile. */
const MOST_ROUNDS = 5;

/** Who is looking, and for what. */
export interface SurveyScope {
  /** The effective user. If it is not root, processes of others do not count as unreadable. */
  readonly uid: number;
  readonly kinds: readonly Kind[];
  readonly match: NameMatcher;
  readonly maker: Maker;
}

/** The users of directories, found by looking at every process of /proc. */
export class Survey {
  readonly #uid: number;
  readonly #blind: BlindSpots;
  readonly #makers: LivingMakers;
  readonly #mounts: MountViews;
  readonly #users: UsersByDirectory;
  /** The mount ID of our own root directory, where that is the mount's. */
  readonly #ourRoot: number | null;
  #links = 0;
  #work = 0;

  constructor({ uid, kinds, match, maker }: SurveyScope) {
    this.#uid = uid;
    this.#blind = new BlindSpots(uid);
    this.#makers = new LivingMakers(maker, this.#blind);
    this.#mounts = new MountViews(kinds, match);
    this.#users = new UsersByDirectory(match);
    const { root } = taskOf(bytes`self`);
    this.#ourRoot = root.kind === 'seen' ? root.value.mountId : null;
  }

  /** The things that were not seen. */
  get blind(): BlindSpots {
    return this.#blind;
  }

  /** Looks at every process. Throws the errno of a /proc that cannot be listed (ENOENT: there is none). */
  *run(): Generator<Pause, void, void> {
    let pids = listPids();
    if (this.#uid === ROOT && !pids.includes(1)) this.#blind.hideFirst();
    this.#makers.addOurTemporary();
    const known = new Set<number>();
    for (let round = 0; round < MOST_ROUNDS && pids.length > 0; round += 1) {
      for (const pid of pids) {
        known.add(pid);
        yield* this.#lookAt(pid);
      }
      // A process that we knew may have ended, and a child that we did not know may now use the same.
      pids = listPids().filter((pid) => !known.has(pid));
    }
    yield* this.#mounts.seePinned((pid) => this.#blind.counts(pid));
    for (const spot of this.#mounts.blindSpots()) this.#blind.hideMounts(spot);
    if (this.#users.overflowed) this.#blind.overflow();
  }

  /** Every use of a candidate; if none was seen, the reasons why there may be one. */
  usesOf(candidate: Candidate, facts: Facts): readonly Reason[] {
    const mountPoints = this.#mounts.of(candidate.name);
    const users = this.#users.of(candidate, facts, mountPoints.length > 0);
    const makers = this.#makers.in(candidate.parent);
    if (mountPoints.length + users.length + makers.length === 0) {
      const doubts = this.#makers.doubts();
      return doubts.length === 0 ? NO_USES : doubts;
    }
    const everyone = new Map([...users, ...makers].map((user) => [user.pid, user]));
    return [
      ...mountPoints.map((where): Reason => ({ why: 'mounted', where })),
      ...[...everyone.values()].map((user): Reason => ({ why: 'in-use', ...user })),
    ];
  }

  *#lookAt(pid: number): Generator<Pause, void, void> {
    if (this.#tired(PROCESS_COST)) yield PAUSE;
    const comm = commOf(pid);
    if (comm.kind === 'gone') return;
    const entry = bytes`${pid}`;
    const user = { pid, command: comm.kind === 'seen' ? comm.value : EMPTY };
    this.#blind.see(comm, { path: bytes`/proc/${pid}/comm`, user, open: () => isOpen(entry) }, () => {});
    yield* this.#lookAtTask(entry, user);
    const threads = otherThreads(pid);
    this.#blind.see(threads, { path: bytes`/proc/${pid}/task`, user, open: () => isOpen(entry) }, () => {});
    // A thread can have mounts, a root, a working directory and descriptors of its own.
    for (const tid of threads.kind === 'seen' ? threads.value : []) {
      if (this.#tired(PROCESS_COST)) yield PAUSE;
      yield* this.#lookAtTask(bytes`${pid}/task/${tid}`, user);
    }
    this.#makers.add(user, comm.kind === 'seen');
  }

  *#lookAtTask(entry: Bytes, user: User): Generator<Pause, void, void> {
    const task = taskOf(entry);
    const open = (): boolean => isOpen(entry);
    const sight = (name: Bytes): Sight => ({ path: bytes`/proc/${entry}/${name}`, user, open });
    this.#blind.see(task.namespace, sight(bytes`ns/mnt`), () => {});
    this.#blind.see(task.root, sight(bytes`root`), (root) => {
      if (!this.#isOurRoot(root)) this.#addUse(root.path, `/proc/${entry}/root`, user);
    });
    this.#lookAtLink(`/proc/${entry}/cwd`, sight(bytes`cwd`), user);
    yield* this.#mounts.see(task, user, {
      counts: () => this.#blind.counts(user.pid),
      trusted: () => this.#blind.mayOpenOurs(user.pid),
    });
    if (user.pid !== process.pid) yield* this.#lookAtDescriptors(sight(bytes`fd`), user);
  }

  /** That of nearly all, and nobody's leftover. */
  #isOurRoot({ mountId, path }: Root): boolean {
    return path === '/' && mountId === this.#ourRoot;
  }

  *#lookAtDescriptors(sight: Sight, user: User): Generator<Pause, void, void> {
    const few = fewDescriptors(sight.path);
    const lists = few.kind === 'seen' && few.value === null ? manyDescriptors(sight.path) : [few];
    for (const list of lists) {
      this.#blind.see(list, sight, () => {});
      if (list.kind !== 'seen') return;
      for (const fd of list.value ?? []) {
        this.#links += 1;
        if (this.#links > MOST_LINKS && !this.#blind.mayOpenOurs(user.pid)) {
          this.#blind.overflow();
          return;
        }
        this.#lookAtLink(`${sight.path}/${fd}`, sight, user);
        if (this.#tired(1)) yield PAUSE;
      }
    }
  }

  /** Takes in what a magic link leads to: mostly its text tells that it is of no interest. @param task it is of */
  #lookAtLink(link: string, task: Sight, user: User): void {
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
   * Asks which file it is: of a process that is neither root's nor ours not its file system, which may never answer.
   * file system in user space may refuse root (fuse(4)), and holds none of ours then.
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

  #tired(work: number): boolean {
    this.#work += work;
    if (this.#work < PAUSE_AFTER) return false;
    this.#work = 0;
    return true;
  }
}

/** Whether the kernel lets us read a task (ptrace(2), "access mode checking"). */
function isOpen(entry: Bytes): boolean {
  return readLink(`/proc/${entry}/ns/mnt`).kind === 'seen';
}
