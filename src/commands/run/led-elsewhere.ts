import { keyOf, sameFile, statPath } from '../../linux/lstat.ts';
import { attempt, type Seen } from '../../linux/seen.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes, Identity } from '../../model/model.ts';
import type { Target } from '../../sweep/targets.ts';
import type { Before } from './list-before.ts';
import type { Snapshot } from './snapshots.ts';

/** Where a watched path leads when the command has ended. */
export interface Lead {
  readonly path: Bytes;
  /** `gone`: nowhere; `null`: where it led before, which may have been removed. */
  readonly there: Seen<Identity | null>;
}

/**
 * Where the paths that were named before the command lead now, links followed; an engine's are found without
 * links. Call it while we still stand where the command was started: they may be relative.
 */
export function leadsOf(snapshots: readonly Snapshot[]): readonly Lead[] {
  return snapshots
    .filter(
      ({ before }) => before.kind === 'listed' || (before.kind === 'missing' && before.resolved !== null),
    )
    .filter(({ watched }) => watched.why !== 'engine')
    .map(({ watched: { path }, before }) => ({ path, there: attempt(() => otherThan(before, path)) }));
}

/** Throws stat(2)'s errno. */
function otherThan(before: Before, path: Bytes): Identity | null {
  const there = statPath(path);
  return before.kind === 'listed' && sameFile(before.identity, there) ? null : there;
}

/**
 * An error for each path that leads to another directory than any that is swept: somebody has pointed a link
 * on it elsewhere, so CRIU may have worked there, and what lies there may be anybody's. What has an error of
 * its own needs no second one.
 *
 * @param targets what the watched directories came to
 */
export function ledElsewhere(leads: readonly Lead[], targets: readonly Target[]): readonly SweepError[] {
  const swept = new Set(
    targets.flatMap((target) => (target.kind === 'tree' ? [keyOf(target.identity)] : [])),
  );
  const wrong = new Set(
    targets.flatMap((target) => (target.kind === 'none' && target.error !== null ? [target.path] : [])),
  );
  return leads.flatMap(({ path, there }): SweepError[] => {
    if (there.kind === 'gone' || wrong.has(path)) return [];
    if (there.kind === 'hidden') return [{ path, code: there.code, syscall: there.syscall }];
    return there.value === null || swept.has(keyOf(there.value))
      ? []
      : [{ path, code: 'changed', syscall: 'stat' }];
  });
}
