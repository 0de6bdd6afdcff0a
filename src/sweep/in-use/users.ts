import type { InUseReport, SweepError } from '../../model/events.ts';
import type { Bytes, Candidate, Facts, Reason, Unseen } from '../../model/model.ts';

/** The users of directories: the answer of one look around the whole host. */
export interface Users {
  readonly report: InUseReport;
  /** The reason why the look was not complete, as half a sentence; `null`: it was complete. */
  readonly blindness: string | null;
  /** Failed calls, up to a limit: what they would have shown was not seen. */
  readonly failures: readonly SweepError[];
  /** Processes that may see more mounts than we did, so that the look at mounts is not complete. */
  readonly blindSpots: readonly Unseen[];
  /** Every use of a candidate; one reason `unknown` if it could be in use without our seeing it. */
  of(candidate: Candidate, facts: Facts): readonly Reason[];
}

/** A process that uses something. `command` is its comm. */
export interface User {
  readonly pid: number;
  readonly command: Bytes;
}
