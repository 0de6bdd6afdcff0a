import { type Dir, opendirSync } from 'node:fs';
import type {
  Bytes,
  Candidate,
  Facts,
  Identity,
  Kind,
  Pause,
  Reason,
  SweepError,
  Unseen,
} from '../../model.ts';
import { isDirectory } from '../filter.ts';
import type { NameMatcher } from '../names.ts';
import { MountViews } from './mount-views.ts';
import {
  commOf,
  effectiveUidOf,
  isFailure,
  listPids,
  look,
  otherThreads,
  readLink,
  type Seen,
  statLink,
} from './proc.ts';
import { taskOf } from './task.ts';
import type { User } from './users.ts';
import { keyOf, UsersByDirectory } from './users-by-directory.ts';
import { isNamespaceFile } from './visited-namespace.ts';

const CRIU = 'criu';
const NO_USES: readonly Reason[] = [];
const PAUSE: Pause = { type: 'pause' };

/** Links read between two pauses; a process costs as much as so many. */
const PAUSE_AFTER = 2048;
const PROCESS_COST = 16;

/** Descriptors looked at, after which those of processes that are not root's or ours are passed over. */
const MOST_LINKS = 2_000_000;

/** Times that /proc is listed again for what was started meanwhile. */
const MOST_ROUNDS = 5;

/** Failed calls that are told of one by one. */
const MOST_FAILURES = 20;

/** Descriptors listed at a time. */
const BATCH = 64;

/** Who uses which directory, seen by looking at every process of /proc. */
export class Survey {
  readonly #uid: number;
  readonly #mounts: MountViews;
  readonly #users: UsersByDirectory;
  readonly #criu: User[] = [];
  /** Living CRIUs by the directory they work in. */
  readonly #criuWorkDirs = new Map<string, User[]>();
  /** Those that may work anywhere, since we were not told. */
  readonly #criuAnywhere: (User & Unseen)[] = [];
  /** The /tmp of ours, and of every living CRIU, each by device and inode. */
  readonly #temporary = new Set<string>();
  readonly #unreadable = new Set<number>();
  readonly #failures: SweepError[] = [];
  readonly #blindSpots: Unseen[] = [];
  #failed: Unseen | null = null;
  #links = 0;
  #work = 0;

  /** @param uid the effective user. For one who is not root, processes of others do not count as unreadable */
  constructor(uid: number, kinds: readonly Kind[], match: NameMatcher) {
    this.#uid = uid;
    this.#mounts = new MountViews(kinds, match);
    this.#users = new UsersByDirectory(match);
  }

  /** Processes that count and could not be read. */
  get unreadable(): number {
    return this.#unreadable.size;
  }

  /** A call that failed, other than by a refusal; `null`: none did. */
  get failed(): Unseen | null {
    return this.#failed;
  }

  get failures(): readonly SweepError[] {
    return this.#failures;
  }

  /** What could not be seen of mounts. */
  get blindSpots(): readonly Unseen[] {
    return this.#blindSpots;
  }

  /** Looks at every process. Throws the errno of a /proc that cannot be listed (ENOENT: there is none). */
  *run(): Generator<Pause, void, void> {
    let pids = listPids();
    // hidepid=2 hides processes altogether, and with them the first, which always lives (proc(5)).
    if (this.#uid === 0 && !pids.includes(1)) {
      this.#unreadable.add(1);
      this.#blindSpots.push({ code: 'ENOENT', syscall: 'stat', pid: 1 });
    }
    this.#see(statLink('/tmp'), '/tmp', null, (facts) => this.#temporary.add(keyOf(facts)));
    const known = new Set<number>();
    for (let round = 0; round < MOST_ROUNDS && pids.length > 0; round += 1) {
      for (const pid of pids) {
        known.add(pid);
        yield* this.#lookAt(pid);
      }
      // A process that was there may have ended, and left what it uses to a child that was not.
      pids = listPids().filter((pid) => !known.has(pid));
    }
    yield* this.#mounts.seePinned((pid) => this.#counts(pid));
    for (const spot of this.#mounts.blindSpots()) this.#hide(spot);
    if (this.#users.overflowed) this.#failed ??= { code: 'too-many', syscall: 'readlink' };
  }

  /** Every use of a candidate. */
  usesOf(candidate: Candidate, facts: Facts): readonly Reason[] {
    const mountPoints = this.#mounts.of(candidate.name);
    const users = this.#users.of(candidate, facts, mountPoints.length > 0);
    const criu = this.#criuIn(candidate.parent);
    if (mountPoints.length + users.length + criu.length === 0) return this.#unseenCriu();
    const everyone = new Map([...users, ...criu].map((user) => [user.pid, user]));
    return [
      ...mountPoints.map((where): Reason => ({ why: 'mounted', where })),
      ...[...everyone.values()].map((user): Reason => ({ why: 'in-use', ...user })),
    ];
  }

  #unseenCriu(): readonly Reason[] {
    if (this.#criuAnywhere.length === 0) return NO_USES;
    return this.#criuAnywhere.map((unseen): Reason => ({ why: 'unknown', ...unseen }));
  }

  #criuIn(parent: Identity): readonly User[] {
    if (this.#criu.length === 0) return this.#criu;
    return this.#temporary.has(keyOf(parent)) ? this.#criu : (this.#criuWorkDirs.get(keyOf(parent)) ?? []);
  }

  *#lookAt(pid: number): Generator<Pause, void, void> {
    if (this.#tired(PROCESS_COST)) yield PAUSE;
    const comm = commOf(pid);
    if (comm.seen === 'gone') return;
    const user = { pid, command: comm.seen === 'yes' ? comm.value : '' };
    this.#see(comm, `/proc/${pid}/comm`, user, () => {});
    yield* this.#lookAtTask(String(pid), user);
    const threads = otherThreads(pid);
    this.#see(threads, `/proc/${pid}/task`, user, () => {});
    // A thread can have mounts, a root, a working directory and descriptors of its own.
    for (const tid of threads.seen === 'yes' ? threads.value : []) {
      if (this.#tired(PROCESS_COST)) yield PAUSE;
      yield* this.#lookAtTask(`${pid}/task/${tid}`, user);
    }
    if (user.command === CRIU || comm.seen === 'hidden') this.#lookAtCriu(user);
  }

  *#lookAtTask(entry: string, user: User): Generator<Pause, void, void> {
    const task = taskOf(entry);
    this.#see(task.namespace, `/proc/${entry}/ns/mnt`, user, () => {});
    this.#see(task.root, `/proc/${entry}/root`, user, ({ path }) =>
      this.#addUse(path, `/proc/${entry}/root`, user),
    );
    this.#lookAtLink(`/proc/${entry}/cwd`, user);
    yield* this.#mounts.see(task, user, () => this.#counts(user.pid));
    if (user.pid !== process.pid) yield* this.#lookAtDescriptors(entry, user);
  }

  *#lookAtDescriptors(entry: string, user: User): Generator<Pause, void, void> {
    const path = `/proc/${entry}/fd`;
    const directory = look(() => opendirSync(path, { bufferSize: BATCH }));
    this.#see(directory, path, user, () => {});
    if (directory.seen !== 'yes') return;
    try {
      for (;;) {
        const next = look(() => nextName(directory.value));
        this.#see(next, path, user, () => {});
        if (next.seen !== 'yes' || next.value === null) return;
        this.#links += 1;
        if (this.#links > MOST_LINKS && !this.#matters(user.pid)) return;
        this.#lookAtLink(`${path}/${next.value}`, user);
        if (this.#tired(1)) yield PAUSE;
      }
    } finally {
      directory.value.closeSync();
    }
  }

  /** What a magic link leads to: mostly its text tells that it is of no interest. */
  #lookAtLink(link: string, user: User): void {
    const path = readLink(link);
    if (path.seen === 'yes') this.#addUse(path.value, link, user);
    else if (path.seen === 'hidden' && path.code === 'ENAMETOOLONG') this.#addFileUse(link, user);
    else this.#see(path, link, user, () => {});
  }

  #addUse(path: Bytes, link: string, user: User): void {
    if (path.startsWith('mnt:[')) this.#mounts.pin(path, link, user);
    else if (user.pid === process.pid) return;
    else if (path === '/') this.#addFileUse(link, user);
    else if (path.includes('/')) {
      this.#users.addPath(path, user, () => {
        const file = statLink(link);
        return file.seen === 'yes' ? file.value : null;
      });
    }
  }

  #addFileUse(link: string, user: User): void {
    if (user.pid === process.pid) return;
    this.#see(statLink(link), link, user, (facts) => {
      if (isDirectory(facts)) this.#users.addFile(facts, user);
      else if (isNamespaceFile(facts)) this.#mounts.pin(`mnt:[${facts.ino}]`, link, user, false);
    });
  }

  #lookAtCriu(user: User): void {
    const cwd = statLink(`/proc/${user.pid}/cwd`);
    if (cwd.seen === 'gone') return;
    this.#criu.push(user);
    if (cwd.seen === 'yes') {
      const key = keyOf(cwd.value);
      this.#criuWorkDirs.set(key, [...(this.#criuWorkDirs.get(key) ?? []), user]);
    } else if (this.#counts(user.pid)) {
      this.#criuAnywhere.push({ code: cwd.code, syscall: cwd.syscall, ...user });
    }
    this.#see(statLink(`/proc/${user.pid}/root/tmp`), `/proc/${user.pid}/root/tmp`, user, (facts) =>
      this.#temporary.add(keyOf(facts)),
    );
  }

  #see<T>(seen: Seen<T>, path: string, user: User | null, take: (value: T) => void): void {
    if (seen.seen === 'yes') {
      take(seen.value);
      return;
    }
    if (seen.seen === 'gone' || (user !== null && !this.#counts(user.pid))) return;
    if (user !== null) this.#unreadable.add(user.pid);
    if (isFailure(seen)) this.#fail({ code: seen.code, syscall: seen.syscall, ...user }, path);
  }

  #fail(unseen: Unseen, path: Bytes): void {
    this.#failed ??= unseen;
    const { code, syscall } = unseen;
    if (this.#failures.length < MOST_FAILURES) this.#failures.push({ path, code, syscall });
  }

  /** Takes in that some mounts may not have been seen. */
  #hide(spot: Unseen): void {
    this.#blindSpots.push(spot);
    if (spot.pid !== undefined) this.#unreadable.add(spot.pid);
    if (isFailure(spot)) this.#fail(spot, spot.pid === undefined ? '/proc' : `/proc/${spot.pid}/mountinfo`);
  }

  /** Whether it matters to us when a process cannot be read. */
  #counts(pid: number): boolean {
    return this.#uid === 0 || effectiveUidOf(pid) === this.#uid;
  }

  /** A directory of mode 0700 opens for its owner's processes and root's; those of others can only be handed it. */
  #matters(pid: number): boolean {
    const uid = effectiveUidOf(pid);
    return uid === null || uid === 0 || uid === this.#uid;
  }

  #tired(work: number): boolean {
    this.#work += work;
    if (this.#work < PAUSE_AFTER) return false;
    this.#work = 0;
    return true;
  }
}

function nextName(directory: Dir): string | null {
  return directory.readSync()?.name ?? null;
}
