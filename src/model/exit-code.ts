import type { Interruption } from './events.ts';

/** The exit statuses of criu-sweep. 130, 143 and 129 are the numbers that a shell shows for the signals. */
export const EXIT = {
  done: 0,
  somethingToRemove: 1,
  wrongUsage: 2,
  incomplete: 3,
  ourBug: 70,
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
} as const;

/** The facts that an exit status depends on. */
export interface Ending {
  readonly interrupted: Interruption | null;
  /** The number of targets, directories, outputs and removals that failed. */
  readonly failures: number;
  /** With `--check`: the number of candidates that would be removed. */
  readonly toRemove: number;
}

/**
 * The exit status of a sweep. A signal comes before all else, an incomplete sweep before something to remove.
 */
export function exitCode({ interrupted, failures, toRemove }: Ending): number {
  switch (interrupted) {
    case 'SIGINT':
    case 'SIGTERM':
    case 'SIGHUP':
      return EXIT[interrupted];
    case 'timeout':
    case 'max-removals':
      return EXIT.incomplete;
    case null:
      if (failures > 0) return EXIT.incomplete;
  }
  return toRemove > 0 ? EXIT.somethingToRemove : EXIT.done;
}
