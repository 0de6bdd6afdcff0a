import type { Bytes, Candidate, Identity, Pause, SweepError } from '../model/model.ts';
import type { Bounds } from './crossing.ts';
import type { NameMatcher } from './names.ts';

/** What to look for, and where not to go. */
export interface ScanScope extends Bounds {
  readonly match: NameMatcher;
  /** Whether a path below the target is excluded; `null`: nothing is. */
  readonly excludes: ((pathBelowTarget: string) => boolean) | null;
  readonly maxDepth: number | null;
  /** Candidates that are no business of this scan, such as those that were named as targets and are judged as such. */
  readonly passesOver: (parent: Identity, name: Bytes) => boolean;
}

/** Something that could not be looked at. */
export interface Problem {
  readonly type: 'error';
  readonly error: SweepError;
}

/**
 * What a scan comes upon. While a candidate is handed out the process stands in its parent directory, and must
 * stand there again when the next is asked for. A `pause` is a moment to hear signals.
 */
export type Scanned = { readonly type: 'candidate'; readonly candidate: Candidate } | Problem | Pause;

/** How much a scan has looked at. */
export interface Looked {
  directories: number;
  entries: number;
}

/** An error as a scan comes upon it. */
export function problem(error: SweepError): Problem {
  return { type: 'error', error };
}
