import { keyOf } from '../../linux/lstat.ts';
import type { Bytes, Kind } from '../../model/model.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import type { Known, Span } from './list-after.ts';
import { type Before, listBefore } from './list-before.ts';
import type { Watched } from './watched.ts';

/** A watched directory, and what was in it before the command was started. */
export interface Snapshot {
  readonly watched: Watched;
  readonly before: Before;
}

/**
 * Lists the directories before the command is started. An engine's that is reached by a link now is left out:
 * it was none when it was found.
 *
 * @param kinds all that are looked for anywhere
 * @param stopped asked now and then: whether not to go on
 */
export async function takeSnapshots(
  watched: readonly Watched[],
  kinds: readonly Kind[],
  match: NameMatcher,
  stopped: () => boolean,
): Promise<readonly Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const each of watched) {
    const before = await listBefore(each.path, { kinds, match, stopped });
    const isLost = before.kind === 'missing' || (before.kind === 'listed' && before.resolved !== each.path);
    if (each.why !== 'engine' || !isLost) snapshots.push({ watched: each, before });
  }
  return snapshots;
}

/** Tells what is known from before about a directory that is listed again. */
export function knownFrom(snapshots: readonly Snapshot[], span: Span): (now: Snapshot) => Known {
  const byDirectory = new Map<string, Snapshot[]>();
  for (const snapshot of snapshots) {
    if (snapshot.before.kind !== 'listed') continue;
    const key = keyOf(snapshot.before.identity);
    byDirectory.set(key, [...(byDirectory.get(key) ?? []), snapshot]);
  }
  const has = ({ before }: Snapshot, name: Bytes, kind: Kind): boolean =>
    before.kind === 'listed' && before.names.has(name, kind);
  return (now) => ({
    span,
    isListed: (directory) =>
      byDirectory.get(keyOf(directory))?.some(({ before }) => before.kind === 'listed' && before.pinned) ??
      false,
    hadBefore: (name, kind, directory) =>
      [now, ...(byDirectory.get(keyOf(directory)) ?? [])].some((each) => has(each, name, kind)),
  });
}
