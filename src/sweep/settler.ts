import { errnoOf } from '../linux/errno.ts';
import { lstatName } from '../linux/lstat.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { Pause } from '../model/events.ts';
import type { Candidate, Item, Policy, Reason } from '../model/model.ts';
import { seemsEmpty } from './emptiness.ts';
import { judge } from './filter.ts';
import type { Users } from './in-use/users.ts';
import { NOT_EMPTY, remove, wouldRemove } from './reaper.ts';
import type { Stop } from './stop.ts';

/** The things that a candidate's outcome depends on. */
export interface Settling {
  readonly policy: Policy;
  readonly scope: { readonly mounts: OwnMounts };
  readonly dryRun: boolean;
  /** `now` for every age, in milliseconds since 1970. */
  readonly startedAt: number;
  /**
   * Finds out who uses directories. Called once, at the first candidate that has passed everything else;
   * `null`: nobody looks.
   */
  readonly lookForUsers: (() => Generator<Pause, Users, void>) | null;
}

/** Takes each candidate through filter, users and reaper. */
export class Settler {
  readonly #request: Settling;
  readonly #stop: Stop;
  #users: Users | null = null;

  constructor(request: Settling, stop: Stop) {
    this.#request = request;
    this.#stop = stop;
  }

  /** The users of directories; `null`: not looked at yet. */
  get users(): Users | null {
    return this.#users;
  }

  /** Settles a candidate of the directory we stand in; `null`: first find out who uses it, or stop. */
  settle(candidate: Candidate): Item | null {
    try {
      return this.#judge(candidate);
    } catch (error) {
      const { mountedAt } = candidate;
      const errno = errnoOf(error);
      const reason: Reason =
        mountedAt === null ? { why: 'unknown', ...errno } : { why: 'mounted', where: mountedAt };
      return { candidate, facts: null, ageMs: null, result: { outcome: 'kept', reasons: [reason] } };
    }
  }

  /** Finds out who uses directories, then settles the candidate; `null`: the sweep is to stop before it. */
  *lookAndSettle(candidate: Candidate): Generator<Pause, Item | null, void> {
    const { lookForUsers } = this.#request;
    if (this.#users === null && lookForUsers !== null) {
      const look = lookForUsers();
      for (let step = look.next(); ; step = look.next()) {
        if (step.done === true) {
          this.#users = step.value;
          break;
        }
        yield step.value;
        if (this.#stop.asked() !== null) break;
      }
    }
    // Signals and the end of the time came in the look's pauses.
    if (this.#stop.asked() === null && this.#stop.mayRemove()) return this.settle(candidate);
    this.#stop.refuse();
    return null;
  }

  #judge(candidate: Candidate): Item | null {
    const { policy, dryRun, lookForUsers, startedAt, scope } = this.#request;
    const { mounts } = scope;
    const facts = lstatName(candidate.name);
    if (facts === null) return { candidate, facts, ageMs: null, result: { outcome: 'vanished' } };
    const { reasons, ageMs } = judge(candidate, facts, policy, startedAt);
    if (reasons.length > 0) return { candidate, facts, ageMs, result: { outcome: 'kept', reasons } };
    const looks = lookForUsers !== null && this.#users === null;
    const uses = this.#users?.of(candidate, facts) ?? [];
    if (uses.length > 0) return { candidate, facts, ageMs, result: { outcome: 'kept', reasons: uses } };
    // What is not empty needs no look, and is no removal too many.
    if (looks || !this.#stop.mayRemove())
      return seemsEmpty(candidate.name, facts, mounts)
        ? null
        : { candidate, facts, ageMs, result: NOT_EMPTY };
    const result = dryRun ? wouldRemove(candidate, facts, mounts) : remove(candidate, facts, mounts);
    if (result.outcome === 'removed' || result.outcome === 'would-remove') this.#stop.countRemoval();
    return { candidate, facts, ageMs, result };
  }
}
