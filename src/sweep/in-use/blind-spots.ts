import { bytes } from '../../linux/bytes.ts';
import { effectiveUidOf } from '../../linux/proc.ts';
import { isFailure, type Seen } from '../../linux/seen.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes, Unseen } from '../../model/model.ts';
import type { User } from './users.ts';

const ROOT = 0;

/** Limit of failed calls that are reported one by one. */
const MOST_FAILURES = 20;

/** A path of /proc that is looked at, and the process it belongs to. */
export interface Sight {
  readonly path: Bytes;
  readonly user: User | null;
  /**
   * Asked if the kernel refuses the path: whether it still lets us read that task, so that only this call
   * failed. A task that ends, or takes other rights, is closed to us from then on.
   */
  readonly open: () => boolean;
}

/** The things that a look around the host did not see, of the processes that matter to whoever looks. */
export class BlindSpots {
  readonly #uid: number;
  readonly #unreadable = new Set<number>();
  readonly #failures: SweepError[] = [];
  readonly #ofMounts: Unseen[] = [];
  #failed: Unseen | null = null;
  #asked: { readonly pid: number; readonly uid: number | null } | null = null;

  /** @param uid the effective user. For one who is not root, processes of others do not count */
  constructor(uid: number) {
    this.#uid = uid;
  }

  /** The number of processes of which something could not be read. */
  get unreadable(): number {
    return this.#unreadable.size;
  }

  /** The first call that failed, refusals not counted; `null`: none did. */
  get failed(): Unseen | null {
    return this.#failed;
  }

  /** Failed calls, up to a limit. */
  get failures(): readonly SweepError[] {
    return this.#failures;
  }

  /** Failures that leave the view of mounts incomplete. */
  get ofMounts(): readonly Unseen[] {
    return this.#ofMounts;
  }

  /**
   * Hands on what was seen, and notes what was not, if that matters.
   *
   * @param sight the path, and the process it belongs to, if any; `open`: the kernel lets us read that task,
   *   so a refusal of this one path is a failed call
   */
  see<T>(seen: Seen<T>, sight: Sight, take: (value: T) => void): void {
    const { path, user, open } = sight;
    if (seen.kind === 'seen') take(seen.value);
    if (seen.kind !== 'hidden' || (user !== null && !this.counts(user.pid))) return;
    if (user !== null) this.#unreadable.add(user.pid);
    if (isFailure(seen) || open()) this.#fail({ code: seen.code, syscall: seen.syscall, ...user }, path);
  }

  /** Notes that a process may see mounts that we did not see. */
  hideMounts(spot: Unseen): void {
    this.#ofMounts.push(spot);
    if (spot.pid !== undefined) this.#unreadable.add(spot.pid);
    if (isFailure(spot))
      this.#fail(spot, spot.pid === undefined ? bytes`/proc` : bytes`/proc/${spot.pid}/mountinfo`);
  }

  /** Notes that process 1, which always lives, is hidden: /proc is mounted with hidepid=2 (proc(5)). */
  hideFirst(): void {
    this.#unreadable.add(1);
    this.#ofMounts.push({ code: 'ENOENT', syscall: 'stat', pid: 1 });
  }

  /** Notes that there was more of something than we remember, or look at; `syscall`: the call that tells of it. */
  overflow(syscall: string): void {
    this.#failed ??= { code: 'too-many', syscall };
  }

  /** Whether it matters that a process cannot be read. */
  counts(pid: number): boolean {
    return this.#uid === ROOT || this.#uidOf(pid) === this.#uid;
  }

  /**
   * Whether a process is root's or ours. Other processes use a directory of mode 0700 only if it was handed
   * to them.
   */
  mayOpenOurs(pid: number): boolean {
    const uid = this.#uidOf(pid);
    return uid === null || uid === ROOT || uid === this.#uid;
  }

  /** Asked several times of one process after the other. */
  #uidOf(pid: number): number | null {
    if (this.#asked?.pid !== pid) this.#asked = { pid, uid: effectiveUidOf(pid) };
    return this.#asked.uid;
  }

  #fail(unseen: Unseen, path: Bytes): void {
    this.#failed ??= unseen;
    const { code, syscall } = unseen;
    if (this.#failures.length < MOST_FAILURES) this.#failures.push({ path, code, syscall });
  }
}
