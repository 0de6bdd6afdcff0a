import type { Interruption } from './model.ts';

/** What criu-sweep ends with; 130, 143 and 129 are what a shell shows of the signal that is raised again. */
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

/** What an exit status depends on. */
export interface Ending {
  readonly interrupted: Interruption | null;
  /** Targets, directories or outputs that failed, and removals that did. */
  readonly failures: number;
  /** With `--check`: what would be removed. */
  readonly toRemove: number;
}

/** The exit status of a sweep that ended so. A signal wins over all, what is incomplete over what is to be removed. */
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
