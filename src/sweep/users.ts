import type { Candidate, Facts, InUseReport, Reason } from '../model.ts';

/** What is known of who uses directories: the answer of one look around the whole host. */
export interface Users {
  readonly report: InUseReport;
  /** Every use of a candidate; one reason `unknown` where it could be in use and we could not see it. */
  of(candidate: Candidate, facts: Facts): readonly Reason[];
}
