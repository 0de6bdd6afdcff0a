import { toText } from '../../linux/bytes.ts';
import type { End } from '../../model/events.ts';
import type { CriuSeen } from './criu-watch.ts';
import type { Snapshot } from './snapshots.ts';
import type { WatchPlan } from './watched.ts';

/**
 * Messages about what was watched that nobody would expect: that it was the current directory, because CRIU
 * was neither recognised nor seen.
 */
export function wordsAbout(
  plan: WatchPlan,
  snapshots: readonly Snapshot[],
  end: End,
  { any, places }: CriuSeen,
): readonly string[] {
  if (end.kind === 'not-started' || plan.from !== 'nothing' || places.length > 0) return [];
  const watched = snapshots.flatMap(({ before }) =>
    before.kind === 'listed' ? [toText(before.resolved)] : [],
  );
  const where = watched.length === 0 ? 'nothing' : watched.join(' and ');
  const seen = any ? 'the one seen works where we do not come' : 'none seen';
  return [
    `no CRIU was recognised in the command, and ${seen}: watched: ${where}; --work-dir names another directory`,
  ];
}
