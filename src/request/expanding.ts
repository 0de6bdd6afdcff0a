import type { SweepError } from '../model/events.ts';
import type { Target } from '../sweep/targets.ts';
import type { Resolving } from './resolve-target.ts';
import type { WalkScope } from './walk-glob.ts';

/** The resolved targets of the command line, in their order, and what went wrong on the way. */
export interface ResolvedTargets {
  readonly targets: readonly Target[];
  /** Directories that a glob could not read. */
  readonly errors: readonly SweepError[];
}

/** The circumstances in which globs are expanded. */
export interface Expanding extends Resolving, Pick<WalkScope, 'crossDevice' | 'nested'> {
  /**
   * Whether to stop, for a signal or because the time is up. Asked after a tick, in which signals are heard.
   */
  readonly interrupted: () => boolean;
}
