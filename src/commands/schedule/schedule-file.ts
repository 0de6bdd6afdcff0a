import type { ScheduledSweep } from './scheduled-sweep.ts';

/** What a printed schedule is made of. */
export interface Schedule {
  readonly sweep: ScheduledSweep;
  /** The words that start criu-sweep. */
  readonly command: readonly string[];
  /** Milliseconds. */
  readonly everyMs: number;
  /** Of this criu-sweep. */
  readonly version: string;
}

/** A file that a schedule consists of. */
export interface ScheduleFile {
  readonly name: string;
  readonly text: string;
}
