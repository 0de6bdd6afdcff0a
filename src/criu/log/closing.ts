import { bytes } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';

/** The operation that CRIU was asked to do. */
export type Operation = 'dump' | 'pre-dump' | 'restore' | 'lazy-pages' | 'unknown';

/** A line that says how a run ended. */
export interface Closing {
  readonly operation: Operation;
  readonly outcome: 'succeeded' | 'failed' | 'cut-off';
}

/**
 * The lines a run ends with, without their prefixes. The FAILED ones are errors and so always logged, the
 * others only at level 3 and up. A dump with `--lazy-pages` writes two: the later one counts. Source: the
 * ends of criu/cr-dump.c and criu/cr-restore.c @v4.2; `Resuming tasks.` up to v3.13.
 */
const CLOSINGS: ReadonlyMap<Bytes, Closing> = new Map<Bytes, Closing>([
  [bytes`Dumping FAILED.`, { operation: 'dump', outcome: 'failed' }],
  [bytes`Pre-dumping FAILED.`, { operation: 'pre-dump', outcome: 'failed' }],
  [bytes`Restoring FAILED.`, { operation: 'restore', outcome: 'failed' }],
  [bytes`Lazy pages transfer FAILED.`, { operation: 'lazy-pages', outcome: 'failed' }],
  [bytes`Dumping finished successfully`, { operation: 'dump', outcome: 'succeeded' }],
  [bytes`Pre-dumping finished successfully`, { operation: 'pre-dump', outcome: 'succeeded' }],
  [bytes`Lazy pages transfer finished successfully`, { operation: 'lazy-pages', outcome: 'succeeded' }],
  [bytes`Restore finished successfully. Resuming tasks.`, { operation: 'restore', outcome: 'succeeded' }],
  [bytes`Restore finished successfully. Tasks resumed.`, { operation: 'restore', outcome: 'succeeded' }],
]);

/** `criu service` on one of its runs: reap_worker() in criu/cr-service.c. */
const WORKER_KILLED = /^Worker\(pid \d+\) was killed by \d+/;

/**
 * The end of the run, by this line.
 *
 * @param text a line without its prefixes and without blanks at its end
 * @returns `null` for a line that closes nothing
 */
export function closingOf(text: Bytes): Closing | null {
  const closing = CLOSINGS.get(text);
  if (closing !== undefined) return closing;
  return text.startsWith('Worker(') && WORKER_KILLED.test(text)
    ? { operation: 'unknown', outcome: 'cut-off' }
    : null;
}

/**
 * Lines that only one operation writes, found early in its log at level 3 or 4. A pre-dump has no banner as a
 * dump has (cr_pre_dump_tasks() in criu/cr-dump.c). `Reading image tree` (criu/pstree.c) is written by
 * restore and by the lazy-pages daemon, which then waits for connections (criu/uffd.c).
 */
const HINTS: ReadonlyArray<readonly [RegExp, Operation]> = [
  [/^Dumping processes \(pid: \d/, 'dump'],
  [
    /^Pre-dumping tasks?\b|^\tPre-dumping \d|^Enforcing (?:memory tracking for|tasks run after) pre-dump\b/,
    'pre-dump',
  ],
  [
    /^(?:Reading image tree|Will restore in [\da-f]+ namespaces|Forking task with \d+ pid |Mount procfs in )/,
    'restore',
  ],
  [/^(?:cg: )?Preparing cgroups yard/, 'restore'],
  [/^(?:uffd|lazy-pages): Waiting for incoming connections on /, 'lazy-pages'],
];

/** The first bytes of such lines: nearly all other lines need no comparison. */
const BEGINNINGS = '\tDEFMPRWclu';

/**
 * The operation that writes such a line.
 *
 * @param text a line without its prefixes
 * @returns `null` for a line that any of them may write
 */
export function operationOf(text: Bytes): Operation | null {
  if (!BEGINNINGS.includes(text.charAt(0))) return null;
  return HINTS.find(([line]) => line.test(text))?.[1] ?? null;
}
