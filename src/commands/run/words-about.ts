import { toText } from '../../linux/bytes.ts';
import type { End } from '../../model/events.ts';
import type { Bytes } from '../../model/model.ts';
import type { Target } from '../../sweep/targets.ts';
import type { CriuSeen } from './criu-watch.ts';
import type { Snapshot } from './snapshots.ts';
import type { WatchPlan } from './watched.ts';

/**
 * Messages about what was watched that nobody would expect, where no CRIU was seen: that it was the current
 * directory, because none was recognised either; or that there was nothing by the names in the command, which
 * may have changed its directory (`env -C`).
 *
 * @param targets what the watched directories came to
 */
export function wordsAbout(
  plan: WatchPlan,
  snapshots: readonly Snapshot[],
  { end, seen: { elsewhere, places } }: { readonly end: End; readonly seen: CriuSeen },
  targets: readonly Target[],
): readonly string[] {
  if (end.kind === 'not-started' || plan.from === 'work-dir option' || places.length > 0) return [];
  if (plan.from === 'command line') return neverThere(snapshots, targets);
  const watched = snapshots.flatMap(({ before }) =>
    before.kind === 'listed' ? [toText(before.resolved)] : [],
  );
  const where = watched.length === 0 ? 'nothing' : watched.join(' and ');
  const seen = elsewhere ? 'the one seen works where we do not come' : 'none seen';
  return [
    `no CRIU was recognised in the command, and ${seen}: watched: ${where}; --work-dir names another directory`,
  ];
}

function neverThere(snapshots: readonly Snapshot[], targets: readonly Target[]): readonly string[] {
  const isGone = (path: Bytes): boolean =>
    targets.some((target) => target.path === path && target.kind === 'none' && target.status === 'missing');
  const said = snapshots.filter(({ watched }) => watched.why !== 'always');
  const never = said.filter(({ watched, before }) => before.kind === 'missing' && isGone(watched.path));
  if (never.length === 0 || never.length < said.length) return [];
  const where = never.map(({ watched }) => toText(watched.path)).join(' and ');
  return [`${where}: was there neither before nor after the command; --work-dir names where CRIU works`];
}
