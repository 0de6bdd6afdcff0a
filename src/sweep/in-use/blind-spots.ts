import { effectiveUidOf, isFailure, type Seen } from '../../linux/proc.ts';
import type { Bytes, SweepError, Unseen } from '../../model/model.ts';
import type { User } from './users.ts';

const ROOT = 0;

/** Failed calls that are told of one by one. */
const MOST_FAILURES = 20;

/** Something that is looked at: a path of /proc, and whose it is. */
export interface Sight {
  readonly path: Bytes;
  readonly user: User | null;
  readonly open: boolean;
}

/** All that a look around the host did not see, of those processes that matter to the one who looks. */
export class BlindSpots {
  readonly #uid: number;
  readonly #unreadable = new Set<number>();
  readonly #failures: SweepError[] = [];
  readonly #ofMounts: Unseen[] = [];
  #failed: Unseen | null = null;

  /** @param uid the effective user. For one who is not root, processes of others do not count */
  constructor(uid: number) {
    this.#uid = uid;
  }

  /** Processes of which something could not be read. */
  get unreadable(): number {
    return this.#unreadable.size;
  }

  /** A call that failed, other than by a refusal; `null`: none did. */
  get failed(): Unseen | null {
    return this.#failed;
  }

  /** Failed calls, some of them. */
  get failures(): readonly SweepError[] {
    return this.#failures;
  }

  /** Looks at mounts that were not complete. */
  get ofMounts(): readonly Unseen[] {
    return this.#ofMounts;
  }

  /**
   * Hands on what was seen; takes down what was not, if that matters.
   *
   * @param sight what it is, with the process whose it is, if any; `open`: the kernel lets us read that task, so that a
   *   refusal of this alone is a call that failed
   */
  see<T>(seen: Seen<T>, sight: Sight, take: (value: T) => void): void {
    const { path, user, open } = sight;
    if (seen.seen === 'yes') take(seen.value);
    if (seen.seen !== 'hidden' || (user !== null && !this.counts(user.pid))) return;
    if (user !== null) this.#unreadable.add(user.pid);
    if (open || isFailure(seen)) this.#fail({ code: seen.code, syscall: seen.syscall, ...user }, path);
  }

  /** Takes down that a process may see mounts that we did not. */
  hideMounts(spot: Unseen): void {
    this.#ofMounts.push(spot);
    if (spot.pid !== undefined) this.#unreadable.add(spot.pid);
    if (isFailure(spot)) this.#fail(spot, spot.pid === undefined ? '/proc' : `/proc/${spot.pid}/mountinfo`);
  }

  /** Takes down the first process, which always lives, as hidden: /proc is mounted with hidepid=2 (proc(5)). */
  hideFirst(): void {
    this.#unreadable.add(1);
    this.#ofMounts.push({ code: 'ENOENT', syscall: 'stat', pid: 1 });
  }

  /** Takes down that there was more of something than is remembered. */
  overflow(): void {
    this.#failed ??= { code: 'too-many', syscall: 'readlink' };
  }

  /** Whether it matters when a process cannot be read. */
  counts(pid: number): boolean {
    return this.#uid === ROOT || effectiveUidOf(pid) === this.#uid;
  }

  /** Whether a process is root's or ours: a directory of mode 0700 can only be handed to those of others. */
  mayOpenOurs(pid: number): boolean {
    const uid = effectiveUidOf(pid);
    return uid === null || uid === ROOT || uid === this.#uid;
  }

  #fail(unseen: Unseen, path: Bytes): void {
    this.#failed ??= unseen;
    const { code, syscall } = unseen;
    if (this.#failures.length < MOST_FAILURES) this.#failures.push({ path, code, syscall });
  }
}
