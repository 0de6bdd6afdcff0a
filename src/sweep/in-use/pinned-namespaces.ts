import { bytes } from '../../linux/bytes.ts';
import type { Seen } from '../../linux/seen.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes } from '../../model/model.ts';
import { copy } from './mounted-names.ts';
import type { Task } from './task.ts';
import type { User } from './users.ts';
import { NamespaceVisitor } from './visited-namespace.ts';

/** Limit of namespaces that are entered: each takes some milliseconds. */
const MOST_VISITED = 64;

/** Limit of files remembered for one namespace. */
const MOST_PINS = 8;

/** Namespaces remembered: most of them have a process that sees all of them, and are not entered. */
const MOST_PINNED = 1024;

const TOO_MANY = { kind: 'hidden', code: 'too-many', syscall: 'setns' } as const;

/** A file that keeps a mount namespace alive: a path to it, and the process that has it. */
export interface Pin {
  readonly file: Bytes;
  /** The process that has it open; `null` for a bind mount, which nobody in particular has. */
  readonly user: User | null;
  /** False where it may be another kind of namespace, which cannot be entered as this one is. */
  readonly certain: boolean;
}

/** A namespace that we could not look into, and the process that keeps it. */
interface NotVisited {
  readonly type: 'not-visited';
  readonly seen: Seen<unknown>;
  readonly user: User | null;
}

/** Mount namespaces that are kept by files: by a bind mount (nsfs), or by an open descriptor. */
export class PinnedNamespaces {
  readonly #pins = new Map<Bytes, Pin[]>();
  /** Who keeps one that is not remembered, by namespace; one is enough to know. */
  readonly #dropped = new Map<Bytes, User | null>();
  /** Of processes that may not be read. */
  readonly #unreachable = new Map<Bytes, Pin>();

  /** Adds a file. @param namespace `mnt:[4026532178]` */
  add(namespace: Bytes, pin: Pin): void {
    const pins = this.#pins.get(namespace) ?? [];
    if (pins.length >= MOST_PINS) return;
    if (pins.length === 0) {
      if (this.#pins.size >= MOST_PINNED) {
        if (pin.certain && this.#dropped.size < MOST_PINNED) this.#dropped.set(copy(namespace), pin.user);
        return;
      }
      this.#pins.set(copy(namespace), pins);
    }
    pins.push(pin);
  }

  /**
   * Adds a bind mount that a task sees. A process that may not be read gives no way to the file: we use one
   * of another process that sees the same, or this one as a last resort.
   */
  addMounted(namespace: Bytes, { entry, root }: Task, mountPoint: Bytes): void {
    const pin = { file: copy(bytes`/proc/${entry}/root${mountPoint}`), user: null, certain: true };
    if (root.kind === 'seen') this.add(namespace, pin);
    else if (!this.#unreachable.has(namespace)) this.#unreachable.set(copy(namespace), pin);
  }

  /**
   * Visits the wanted namespaces, also those found meanwhile, and tells which could not be visited.
   *
   * @param read reads the view of a process that is in the namespace
   */
  *visit(
    wanted: (namespace: string) => boolean,
    read: (pid: number) => Generator<Pause, Seen<unknown>, void>,
  ): Generator<Pause | NotVisited, void, void> {
    for (const [namespace, pin] of this.#unreachable)
      if (!this.#pins.has(namespace)) this.add(namespace, pin);
    const visitor = new NamespaceVisitor();
    try {
      let visits = 0;
      for (const [namespace, pins] of this.#pins) {
        const [first] = pins;
        if (first === undefined || !wanted(namespace)) continue;
        visits += 1;
        const seen = visits > MOST_VISITED ? TOO_MANY : yield* enter(visitor, namespace, pins, read);
        if (seen.kind === 'hidden' && pins.some(({ certain }) => certain))
          yield { type: 'not-visited', seen, user: first.user };
      }
      for (const [namespace, user] of this.#dropped)
        if (wanted(namespace)) yield { type: 'not-visited', seen: TOO_MANY, user };
    } finally {
      visitor.close();
    }
  }
}

/** Enters a namespace by the first of its files that can be reached. */
function* enter(
  visitor: NamespaceVisitor,
  namespace: string,
  pins: readonly Pin[],
  read: (pid: number) => Generator<Pause, Seen<unknown>, void>,
): Generator<Pause, Seen<unknown>, void> {
  let unseen: Exclude<Seen<unknown>, { kind: 'seen' }> = { kind: 'gone' };
  for (const { file, user, certain } of pins) {
    const pid = yield* visitor.enter(file, namespace, user === null || !certain);
    if (pid.kind === 'seen') return yield* read(pid.value);
    if (unseen.kind === 'gone' || pid.kind === 'hidden') unseen = pid;
  }
  return unseen;
}
