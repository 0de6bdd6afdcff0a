import type { Pause, SweepError } from '../model/events.ts';
import type { Bytes, Candidate, Identity } from '../model/model.ts';
import type { Bounds } from './crossing.ts';
import type { NameMatcher } from './names.ts';

/** The names to look for, and the places not to go to. */
export interface ScanScope extends Bounds {
  readonly match: NameMatcher;
  /** Whether a path below the target is excluded; `null`: nothing is. */
  readonly excludes: ((pathBelowTarget: string) => boolean) | null;
  readonly maxDepth: number | null;
  /** Whether what matches is entered as well, where it is a directory; without it, nothing that matches is. */
  readonly enters?: (name: Bytes) => boolean;
  /** Candidates that this scan leaves to others, such as those that are targets themselves. */
  readonly passesOver: (parent: Identity, name: Bytes) => boolean;
}

/** Something that could not be looked at. */
export interface Problem {
  readonly type: 'error';
  readonly error: SweepError;
}

/**
 * An event of a scan. While a candidate is handed out, the process stands in its parent directory; it must
 * stand there again when the next event is asked for. A `pause` is a moment to hear signals.
 */
export type Scanned = { readonly type: 'candidate'; readonly candidate: Candidate } | Problem | Pause;

/** Counts of the directories and entries that a scan has seen. */
export interface ScanCounts {
  /** Also those that need not be read. */
  directories: number;
  /** Of those that were read. */
  entries: number;
}

/** An error as an event of a scan. */
export function problem(error: SweepError): Problem {
  return { type: 'error', error };
}
