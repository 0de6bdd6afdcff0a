import { encode } from '../../linux/bytes.ts';
import { keyOf } from '../../linux/lstat.ts';
import type { WatchedDirectory } from '../../model/events.ts';
import type { Bytes, Identity, Kind } from '../../model/model.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import type { Course } from './appeared.ts';
import type { CriuSeen } from './criu-watch.ts';
import { engineDirectories } from './engine-directories.ts';
import type { Span } from './list-after.ts';
import { type Snapshot, takeSnapshots } from './snapshots.ts';
import { temporaryDirectory, type Watched, type WatchPlan } from './watched.ts';

/** The state of all watched places before the command is started. */
export interface Start {
  readonly plan: WatchPlan;
  readonly kinds: readonly Kind[];
  readonly snapshots: readonly Snapshot[];
}

/** Lists what is in the watched places. @param stopped asked now and then: whether not to go on */
export async function listStart(
  plan: WatchPlan,
  kinds: readonly Kind[],
  match: NameMatcher,
  stopped: () => boolean,
): Promise<Start> {
  const engine = await engineDirectories(plan.globs, stopped);
  const watched = [
    ...plan.directories,
    ...engine.map((path): Watched => ({ path, kinds, why: 'engine' })),
    temporaryDirectory(kinds),
  ];
  return { plan, kinds, snapshots: await takeSnapshots(watched, kinds, match, stopped) };
}

/**
 * The places to sweep when the command has ended: those from before, but for the current directory where CRIU
 * was seen to work elsewhere, and those that were found meanwhile.
 */
export async function courseOf(start: Start, seen: CriuSeen, span: Span): Promise<Course> {
  const { plan, kinds, snapshots } = start;
  const isElsewhere = plan.from === 'nothing' && seen.places.length > 0;
  const kept = snapshots.filter(({ watched }) => !(isElsewhere && watched.why === 'current'));
  const isTemporary = ({ watched }: Snapshot) => watched.why === 'always';
  const before = kept.filter((each) => !isTemporary(each));
  const found = (path: Bytes, why: Watched['why'], identity: Identity | null): Snapshot => ({
    watched: { path, kinds, why },
    before: { kind: 'unlisted', resolved: path, identity },
  });
  const known = new Set(before.map(({ watched }) => watched.path));
  const engine = (await engineDirectories(plan.globs, () => false)).filter((path) => !known.has(path));
  const listed = new Set(
    before.flatMap((each) => (each.before.kind === 'listed' ? keyOf(each.before.identity) : [])),
  );
  const places = seen.places.filter(({ identity }) => !listed.has(keyOf(identity)));
  const swept = [
    ...before,
    ...places.map(({ path, identity }) => found(path, 'seen', identity)),
    ...engine.map((path) => found(path, 'engine', null)),
    ...kept.filter(isTemporary),
  ];
  return { snapshots, swept, span };
}

/** The watched places as a report names them: of an engine the globs. */
export function watchedPlaces({ plan }: Start, { swept }: Course): readonly WatchedDirectory[] {
  const named = swept.map(({ watched }) => watched).filter(({ why }) => why !== 'engine');
  const engine = plan.globs.map((glob): WatchedDirectory => ({ path: encode(glob), why: 'engine' }));
  return [...named.map(({ path, why }) => ({ path, why })), ...engine];
}
