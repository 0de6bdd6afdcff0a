import { EMPTY, joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { sameFile } from '../linux/lstat.ts';
import { type Step, stepAside, stepDown, stepInto, stepOut } from '../linux/working-directory.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { forgetChildren, type Level, newLevel } from './level.ts';
import { TargetMount } from './target-mount.ts';

/**
 * The way from a target's root down to the directory we stand in. Each level is known by device and inode.
 * Whatever others move meanwhile: after each method we stand in the deepest level, or nowhere if there are no
 * levels.
 */
export class Descent {
  readonly #root: Bytes;
  readonly #levels: Level[] = [];
  /** The mount that the root lies in. */
  readonly mount: TargetMount;

  /**
   * @param root absolute path, links resolved
   * @param bound whether to stay in the mount that the root lies in
   */
  constructor(root: Bytes, bound: boolean) {
    this.#root = root;
    this.mount = new TargetMount(bound);
  }

  get deepest(): Level | undefined {
    return this.#levels.at(-1);
  }

  /** 1 in the target itself. */
  get depth(): number {
    return this.#levels.length;
  }

  /** Directories not read to their end, each of which may hold a descriptor. */
  get openListings(): number {
    return this.#levels.filter((level) => !level.listed).length;
  }

  /** Steps into the root, which must still be the directory that was `expected`. */
  enterRoot(expected: Identity): SweepError[] {
    const step = stepDown(this.#root);
    if (step.kind === 'gone') return [{ path: this.#root, code: 'ENOENT', syscall: 'chdir' }];
    if (step.kind !== 'entered' || !sameFile(step.here, expected)) return [errorOf(this.#root, step)];
    try {
      this.mount.begin();
    } catch (error) {
      return [{ path: this.#root, ...errnoOf(error) }];
    }
    this.#push(this.#root, EMPTY, step.here);
    return [];
  }

  /** Steps into a subdirectory, which must be the one that lstat saw. Does nothing if it has gone. */
  enter(name: Bytes, expected: Identity): SweepError[] {
    const parent = this.deepest;
    const path = parent === undefined ? name : joinPath(parent.path, name);
    const step = stepInto(name, expected);
    switch (step.kind) {
      case 'entered':
        this.#push(path, name, step.here);
        return [];
      case 'gone':
        return [];
      case 'failed':
        return [errorOf(path, step), ...(step.moved ? this.#comeBack() : [])];
      case 'changed':
        return [errorOf(path, step), ...this.#comeBack()];
    }
  }

  /** Steps out of the deepest directory, into the one above. */
  leave(): SweepError[] {
    this.#levels.pop()?.listing.close();
    const parent = this.deepest;
    if (parent === undefined) return [];
    forgetChildren(parent);
    parent.inOurMount = false;
    return stepOut(parent).kind === 'entered' ? [] : this.#comeBack();
  }

  /**
   * Steps out of the deepest directory, into the next child of the one above if one is known. A child that is not
   * found there is to be looked at again.
   */
  leaveForNext(): SweepError[] {
    const parent = this.#levels.at(-2);
    const [next] = parent?.children ?? [];
    if (parent === undefined || next === undefined) return this.leave();
    const step = stepAside(next.name, next);
    if (step.kind === 'entered') {
      this.#levels.pop()?.listing.close();
      parent.children.shift();
      this.#push(joinPath(parent.path, next.name), next.name, step.here);
      return [];
    }
    if (step.kind === 'gone' || (step.kind === 'failed' && !step.moved)) return this.leave();
    this.#levels.pop()?.listing.close();
    forgetChildren(parent);
    return this.#comeBack();
  }

  /** Closes all that is open. */
  close(): void {
    this.mount.close();
    for (const level of this.#levels.splice(0)) level.listing.close();
  }

  #push(path: Bytes, name: Bytes, here: Facts): void {
    this.#levels.push(newLevel(path, name, here));
  }

  /**
   * Goes down again from `/`. A level that has changed or cannot be reached is given up, with all levels
   * below it.
   */
  #comeBack(): SweepError[] {
    const errors: SweepError[] = [];
    while (this.#levels.length > 0) {
      const { intact, step } = this.#stepDownIntactLevels();
      const lost = this.#levels.splice(intact);
      const [first] = lost;
      if (first === undefined) break;
      errors.push(errorOf(first.path, step));
      for (const level of lost) level.listing.close();
    }
    for (const level of this.#levels) level.inOurMount = false;
    return errors;
  }

  /** The number of levels that have not changed, and the step that did not lead into the next. */
  #stepDownIntactLevels(): { readonly intact: number; readonly step: Step } {
    const [root, ...below] = this.#levels;
    let step = stepDown(this.#root);
    if (root === undefined || step.kind !== 'entered' || !sameFile(step.here, root))
      return { intact: 0, step };
    for (const [at, level] of below.entries()) {
      step = stepInto(level.name, level);
      if (step.kind !== 'entered') return { intact: at + 1, step };
    }
    return { intact: this.#levels.length, step };
  }
}

/** The error for a directory that a step did not lead into, or that is another one than before. */
function errorOf(path: Bytes, step: Step): SweepError {
  if (step.kind === 'failed') return { path, code: step.code, syscall: step.syscall };
  return { path, code: 'changed', syscall: 'chdir' };
}
