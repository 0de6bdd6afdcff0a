import { toText } from '../../linux/bytes.ts';
import type { End } from '../../model/events.ts';
import type { CriuSeen } from './criu-watch.ts';
import type { Snapshot } from './snapshots.ts';
import type { WatchPlan } from './watched.ts';

/**
 * Messages about what was watched that nobody would expect: that it was the current directory, because CRIU
 * was neither recognised nor seen; and where a CRIU goes on under another name.
 */
export function wordsAbout(
  plan: WatchPlan,
  snapshots: readonly Snapshot[],
  end: End,
  { any, places, odd }: CriuSeen,
): readonly string[] {
  const living = odd.map(
    ({ pid, comm, path }) =>
      `${toText(path)}: process ${pid} (${toText(comm)}) still works there: left alone`,
  );
  if (end.kind === 'not-started' || plan.from !== 'nothing' || places.length > 0) return living;
  const watched = snapshots.flatMap(({ before }) =>
    before.kind === 'listed' ? [toText(before.resolved)] : [],
  );
  const where = watched.length === 0 ? 'nothing' : watched.join(' and ');
  const seen = any ? 'the one seen works where we do not come' : 'none seen';
  return [
    ...living,
    `no CRIU was recognised in the command, and ${seen}: watched: ${where}; --work-dir names another directory`,
  ];
}
