import type { Candidate, Facts, InUseReport, Reason, SweepError, Unseen } from '../../model/model.ts';

/** What is known of who uses directories: the answer of one look around the whole host. */
export interface Users {
  readonly report: InUseReport;
  /** Why the look was not complete, in a sentence's half; `null`: it was. */
  readonly blindness: string | null;
  /** Calls that failed on the way, some of them: what they would have shown was not seen. */
  readonly failures: readonly SweepError[];
  /** What keeps the look at mounts from being complete: processes that may see more of them than we did. */
  readonly blindSpots: readonly Unseen[];
  /** Every use of a candidate; one reason `unknown` where it could be in use and we could not see it. */
  of(candidate: Candidate, facts: Facts): readonly Reason[];
}

/** A process that uses something. `command` is its comm. */
export interface User {
  readonly pid: number;
  readonly command: string;
}
