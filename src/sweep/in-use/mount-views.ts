import { accessSync } from 'node:fs';
import type { Bytes, Kind, Pause, Unseen } from '../../model.ts';
import { parseMountinfo } from '../mountinfo.ts';
import type { NameMatcher } from '../names.ts';
import { copy, MountedNames } from './mounted-names.ts';
import { look, type Seen } from './proc.ts';
import { readProcText } from './proc-text.ts';
import { isSamePlace, placeOf, type Root, type Task, taskOf } from './task.ts';
import type { User } from './users.ts';
import { NamespaceVisitor } from './visited-namespace.ts';

/** Bytes read of one mountinfo (some 100,000 mounts), and of all of them, at most. */
const MOST_OF_ONE = 32 * 1024 * 1024;
const MOST_OF_ALL = 256 * 1024 * 1024;

/** Namespaces without a process that are entered at most: each takes some milliseconds. */
const MOST_VISITED = 64;

/** Views remembered at most: the same one is read again beyond that. */
const MOST_VIEWS = 20_000;

/** Attempts to read what a task sees that goes from one place to another meanwhile. */
const MOST_ATTEMPTS = 4;

const TOO_MANY = { seen: 'hidden', code: 'too-many', syscall: 'setns' } as const;

/** Namespaces remembered that a file keeps; most of them are seen from their own root as well, and not entered. */
const MOST_PINNED = 1024;

/** Files remembered that keep one namespace. */
const MOST_PINS = 8;

/** mountinfo of a zombie, which has no namespace any more (mounts_open_common in fs/proc_namespace.c). */
const GONE = ['ENOENT', 'ESRCH', 'EINVAL'];

/** A file that keeps a mount namespace alive: a path to it, and who has it. */
interface Pin {
  readonly file: Bytes;
  readonly user: User;
  readonly certain: boolean;
}

/** A mountinfo that was read of a task whose root could not be: what that lies on is not known. */
interface Rootless {
  readonly user: User;
  readonly unseen: Unseen;
  /** IDs of what is mounted at `/` there. */
  readonly atRoot: readonly number[];
}

/**
 * All that is mounted anywhere, put together from the views of all tasks: a task sees what is mounted in its namespace
 * below its root. Views of the same namespace and root are read once.
 */
export class MountViews {
  readonly #names: MountedNames;
  readonly #seen = new Set<string>();
  /** Mounts that roots lie on, by ID. */
  readonly #roots = new Set<number>();
  /** Namespaces that were seen from their own root. */
  readonly #whole = new Set<string>();
  readonly #pins = new Map<string, Pin[]>();
  /** Who keeps namespaces that are not remembered, by pid. */
  readonly #dropped = new Map<number, User>();
  /** Of processes that may not be read. */
  readonly #unreachable = new Map<string, Pin>();
  readonly #rootless: Rootless[] = [];
  readonly #unseen: Unseen[] = [];
  readonly #visitor = new NamespaceVisitor();
  #bytes = 0;

  constructor(kinds: readonly Kind[], match: NameMatcher) {
    this.#names = new MountedNames(kinds, match);
  }

  /** The mount points of the mounts that bear this name. */
  of(name: Bytes): readonly Bytes[] {
    return this.#names.of(name);
  }

  /** Takes in what a task sees, unless another one has seen the same. @param counts whether it matters if that fails */
  *see(task: Task, user: User, counts: () => boolean): Generator<Pause, void, void> {
    let now = task;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const { namespace, root } = now;
      if (namespace.seen === 'gone' || root.seen === 'gone') return;
      const place = placeOf(now);
      if (place !== null && this.#seen.has(place)) return;
      const atRoot: number[] = [];
      const read = yield* this.#read(task.entry, user, atRoot);
      if (read.seen === 'gone') return;
      if (read.seen === 'hidden') {
        if (counts()) this.#unseen.push({ ...errnoOf(read), ...user });
        return;
      }
      if (namespace.seen === 'hidden' || root.seen === 'hidden') {
        const unseen = errnoOf(root.seen === 'hidden' ? root : namespace);
        if (counts()) this.#rootless.push({ user, unseen, atRoot });
        return;
      }
      // One that went elsewhere meanwhile has shown another view than it stood for.
      const then = now;
      now = taskOf(task.entry);
      if (isSamePlace(then, now)) return this.#remember(then, user, root.value, atRoot);
    }
    if (counts()) this.#unseen.push({ code: 'restless', syscall: 'readlink', ...user });
  }

  #remember(task: Task, user: User, { mountId, path }: Root, atRoot: readonly number[]): void {
    const { entry, namespace } = task;
    const place = placeOf(task);
    if (place !== null && this.#seen.size < MOST_VIEWS) this.#seen.add(place);
    this.#roots.add(mountId);
    this.#addRoot(path, mountId, atRoot.includes(mountId));
    if (namespace.seen !== 'yes') return;
    if (path === '/' && atRoot.length > 0) this.#whole.add(namespace.value);
    // What is mounted outside of its root may be in sight of nobody.
    else this.pin(namespace.value, `/proc/${entry}/ns/mnt`, user);
  }

  /** mountinfo begins at the task's root: what that lies on, in a chroot, only the path of the root's link says. */
  #addRoot(path: Bytes, id: number, isMount: boolean): void {
    this.#names.addPath(isMount ? path : path.slice(0, path.lastIndexOf('/')), { id, mountPoint: path });
  }

  /**
   * Takes in a file that keeps a namespace.
   *
   * @param namespace `mnt:[4026532178]`
   * @param certain false where it may be another kind of namespace, which cannot be entered as this one is
   */
  pin(namespace: string, file: Bytes, user: User, certain = true): void {
    const pins = this.#pins.get(namespace) ?? [];
    if (pins.length >= MOST_PINS) return;
    if (pins.length === 0) {
      if (this.#pins.size >= MOST_PINNED) {
        if (certain && !this.#whole.has(namespace)) this.#dropped.set(user.pid, user);
        return;
      }
      this.#pins.set(copy(namespace), pins);
    }
    pins.push({ file, user, certain });
  }

  /** Takes in the namespaces that only a file keeps: to be called when all tasks have been seen. */
  *seePinned(counts: (pid: number) => boolean): Generator<Pause, void, void> {
    try {
      for (const [namespace, { file, user }] of this.#unreachable)
        if (!this.#pins.has(namespace)) this.pin(namespace, file, user);
      let visits = 0;
      // What is mounted in one can keep another, which is visited then as well.
      for (const [namespace, pins] of this.#pins) {
        const [first] = pins;
        if (first === undefined || this.#whole.has(namespace)) continue;
        visits += 1;
        const seen = visits > MOST_VISITED ? TOO_MANY : yield* this.#visit(namespace, pins);
        if (!pins.some(({ certain }) => certain)) continue;
        if (seen.seen === 'hidden' && counts(first.user.pid))
          this.#unseen.push({ ...errnoOf(seen), ...first.user });
      }
      for (const [pid, user] of this.#dropped)
        if (counts(pid)) this.#unseen.push({ ...errnoOf(TOO_MANY), ...user });
    } finally {
      this.#visitor.close();
    }
  }

  /** By the first of its files that can be reached. */
  *#visit(namespace: string, pins: readonly Pin[]): Generator<Pause, Seen<void>, void> {
    let seen: Exclude<Seen<void>, { seen: 'yes' }> = { seen: 'gone' };
    for (const { file, user } of pins) {
      const pid = yield* this.#visitor.enter(file, namespace);
      if (pid.seen === 'yes') return yield* this.#read(String(pid.value), user, []);
      if (seen.seen === 'gone' || pid.seen === 'hidden') seen = pid;
    }
    return seen;
  }

  /** Reads what a task sees. @param atRoot takes the IDs of the mounts at its `/` */
  *#read(entry: string, user: User, atRoot: number[]): Generator<Pause, Seen<void>, void> {
    const before = this.#bytes;
    const goOn = (bytes: number): boolean => {
      this.#bytes = before + bytes;
      return bytes <= MOST_OF_ONE && this.#bytes <= MOST_OF_ALL;
    };
    return yield* readProcText(`/proc/${entry}/mountinfo`, { goOn, gone: GONE }, (lines) => {
      this.#names.add(lines);
      for (const [, id] of lines.matchAll(/^(\d+) \d+ \S+ \S+ \/ /gm)) atRoot.push(Number(id));
      if (!lines.includes(' mnt:[')) return;
      for (const { fsType, root, mountPoint } of parseMountinfo(lines))
        if (fsType === 'nsfs') this.#pinMounted(root, { entry, mountPoint, user });
    });
  }

  /** A process that may not be read is no way to anything; another one sees the same, or it is the last resort. */
  #pinMounted(
    namespace: string,
    { entry, mountPoint, user }: { entry: string; mountPoint: Bytes; user: User },
  ): void {
    const root = `/proc/${entry}/root`;
    const pin = { file: copy(root + mountPoint), user, certain: true };
    if (look(() => accessSync(root)).seen === 'yes') this.pin(namespace, pin.file, user);
    else if (!this.#unreachable.has(namespace)) this.#unreachable.set(copy(namespace), pin);
  }

  /** What could not be seen of mounts. */
  blindSpots(): readonly Unseen[] {
    const rootless = this.#rootless
      .filter(({ atRoot }) => atRoot.length === 0 || !atRoot.every((id) => this.#roots.has(id)))
      .map(({ user, unseen }) => ({ ...unseen, ...user }));
    const overflow = this.#names.overflowed ? [{ code: 'too-many', syscall: 'read' }] : [];
    return [...this.#unseen, ...rootless, ...overflow];
  }
}

function errnoOf(seen: Seen<unknown>): Unseen {
  return seen.seen === 'hidden'
    ? { code: seen.code, syscall: seen.syscall }
    : { code: 'ENODATA', syscall: 'read' };
}
