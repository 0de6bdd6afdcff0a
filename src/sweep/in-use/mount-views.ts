import { bytes } from '../../linux/bytes.ts';
import type { Seen } from '../../linux/seen.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes, Kind, Unseen } from '../../model/model.ts';
import type { NameMatcher } from '../names.ts';
import { MountedNames } from './mounted-names.ts';
import { MountinfoReader } from './mountinfo-reader.ts';
import { PinnedNamespaces } from './pinned-namespaces.ts';
import { isSamePlace, placeOf, type Root, type Task, taskOf } from './task.ts';
import type { User } from './users.ts';

/** Limit of views that are remembered. Beyond it the same view is read again. */
const MOST_VIEWS = 20_000;

/** Attempts to read the view of a task that moves to another place meanwhile. */
const MOST_ATTEMPTS = 4;

/** The weight of a task, and the trust in it. */
interface Standing {
  /** Whether it matters when it cannot be read. */
  readonly counts: () => boolean;
  /** It is root's or ours: a path in its namespace leads through no file system of another user's. */
  readonly trusted: () => boolean;
}

/** A mountinfo of a task whose root could not be read: we do not know what that root lies on. */
interface Rootless {
  readonly user: User;
  readonly unseen: Unseen;
  /** IDs of the mounts at `/` there. */
  readonly atRoot: readonly number[];
}

/**
 * All mounts of the host, put together from the views of all tasks. A task sees the mounts of its namespace
 * below its root. Views of the same namespace and root are read once.
 */
export class MountViews {
  readonly #names: MountedNames;
  readonly #reader: MountinfoReader;
  readonly #seen = new Set<string>();
  /** Mounts that roots lie on, by ID. */
  readonly #roots = new Set<number>();
  /** Namespaces that were seen from their own root. */
  readonly #whole = new Set<string>();
  readonly #pinned = new PinnedNamespaces();
  readonly #rootless: Rootless[] = [];
  readonly #unseen: Unseen[] = [];

  constructor(kinds: readonly Kind[], match: NameMatcher) {
    this.#names = new MountedNames(kinds, match);
    this.#reader = new MountinfoReader(this.#names);
  }

  /** The mount points of the mounts that have this name. */
  of(name: Bytes): readonly Bytes[] {
    return this.#names.of(name);
  }

  /**
   * Adds the view of a task, unless another task had the same.
   *
   * @param counts whether it matters if that fails
   */
  *see(task: Task, user: User, { counts, trusted }: Standing): Generator<Pause, void, void> {
    let now = task;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const { namespace, root } = now;
      if (namespace.kind === 'gone' || root.kind === 'gone') return;
      const place = placeOf(now);
      if (place !== null && this.#seen.has(place)) return;
      const read = yield* this.#reader.read(task.entry, (namespace, mountPoint) => {
        if (trusted()) this.#pinned.addMounted(namespace, task, mountPoint);
      });
      if (read.kind === 'gone') return;
      if (read.kind === 'hidden') {
        if (counts()) this.#unseen.push({ ...errnoOf(read), ...user });
        return;
      }
      const atRoot = read.value;
      if (namespace.kind === 'hidden' || root.kind === 'hidden') {
        const unseen = errnoOf(root.kind === 'hidden' ? root : namespace);
        if (counts()) this.#rootless.push({ user, unseen, atRoot });
        return;
      }
      // A task that has moved meanwhile showed another view than we took it for.
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
    if (namespace.kind !== 'seen') return;
    if (path === '/' && atRoot.length > 0) this.#whole.add(namespace.value);
    // What is mounted outside of its root may be in sight of nobody.
    else this.pin(namespace.value, bytes`/proc/${entry}/ns/mnt`, user);
  }

  /**
   * Adds a task's root. mountinfo begins at that root; in a chroot, only the path of the root's link says
   * what the root lies on.
   */
  #addRoot(path: Bytes, id: number, isMount: boolean): void {
    this.#names.addPath(isMount ? path : path.slice(0, path.lastIndexOf('/')), { id, mountPoint: path });
  }

  /** Adds a file that keeps a namespace: see {@link PinnedNamespaces.add}. */
  pin(namespace: Bytes, file: Bytes, user: User, certain = true): void {
    this.#pinned.add(namespace, { file, user, certain });
  }

  /** Adds the namespaces that only a file keeps. Call it when all tasks have been seen. */
  *seePinned(counts: (pid: number) => boolean): Generator<Pause, void, void> {
    const visits = this.#pinned.visit(
      (namespace) => !this.#whole.has(namespace),
      (pid) => this.#reader.read(bytes`${pid}`, () => {}),
    );
    for (const visit of visits) {
      if (visit.type === 'pause') yield visit;
      else if (visit.user === null || counts(visit.user.pid))
        this.#unseen.push({ ...errnoOf(visit.seen), ...visit.user });
    }
  }

  /** The mounts that could not be seen. */
  blindSpots(): readonly Unseen[] {
    const rootless = this.#rootless
      .filter(({ atRoot }) => atRoot.length === 0 || !atRoot.every((id) => this.#roots.has(id)))
      .map(({ user, unseen }) => ({ ...unseen, ...user }));
    const overflow = this.#names.overflowed ? [{ code: 'too-many', syscall: 'read' }] : [];
    return [...this.#unseen, ...rootless, ...overflow];
  }
}

function errnoOf(seen: Seen<unknown>): Unseen {
  return seen.kind === 'hidden'
    ? { code: seen.code, syscall: seen.syscall }
    : { code: 'ENODATA', syscall: 'read' };
}
