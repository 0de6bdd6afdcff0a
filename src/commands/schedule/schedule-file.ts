import type { ScheduledSweep } from './scheduled-sweep.ts';

/** The input of a printed schedule. */
export interface Schedule {
  readonly sweep: ScheduledSweep;
  /** The words that start criu-sweep. */
  readonly command: readonly string[];
  /** Milliseconds. */
  readonly everyMs: number;
  /** The version of this criu-sweep. */
  readonly version: string;
}

/** A file that a schedule consists of. */
export interface ScheduleFile {
  readonly name: string;
  readonly text: string;
}
