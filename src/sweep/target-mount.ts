import { type Errno, errnoOf } from '../linux/errno.ts';
import { MountIds } from '../linux/mount-id.ts';
import type { Level } from './level.ts';

/** Whether the directory we stand in lies in the mount that the target lies in. */
export type InMount =
  | { readonly kind: 'ours' }
  | { readonly kind: 'another' }
  | ({ readonly kind: 'unseen' } & Errno);

const OURS: InMount = { kind: 'ours' };

/** The mount that a target lies in, where the way is bound to it. */
export class TargetMount {
  readonly #bound: boolean;
  readonly #ids = new MountIds();
  #id: number | null = null;

  /** @param bound false: all mounts are ours */
  constructor(bound: boolean) {
    this.#bound = bound;
  }

  /** Its ID; `null` if the way is not bound to it, or no /proc is mounted. */
  get id(): number | null {
    return this.#id;
  }

  /** Takes the mount that we stand in for the target's. Throws the errno of {@link MountIds.here}. */
  begin(): void {
    if (this.#bound) this.#id = this.#ids.here();
  }

  /**
   * Tells which mount the level that we stand in lies in. Nobody can mount over or rename away the place we stand
   * in. This is the only way to notice a mount that was made after mountinfo was read, or whose ancestor was
   * renamed since.
   */
  which(level: Level): InMount {
    if (level.inOurMount || this.#id === null) return OURS;
    try {
      const id = this.#ids.here();
      if (id === null) return { kind: 'unseen', code: 'ENODATA', syscall: 'read' };
      if (id !== this.#id) return { kind: 'another' };
    } catch (error) {
      return { kind: 'unseen', ...errnoOf(error) };
    }
    level.inOurMount = true;
    return OURS;
  }

  /** Closes what is open. */
  close(): void {
    this.#ids.close();
  }
}
