import type { Bytes, Identity, Kind, SweepError, TargetStatus } from '../../model.ts';
import { sameFile } from '../../sweep/lstat.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import type { ScanScope } from '../../sweep/scanner.ts';
import { statusOf, type Target } from '../../sweep/targets.ts';
import { type Looked, look } from './look.ts';
import type { Watched } from './watched.ts';

/** A watched directory, and what was in it before the command was started. */
export interface Snapshot {
  readonly watched: Watched;
  readonly before: Looked;
}

/** What to sweep after the command: the watched directories, and in them only what was not there before. */
export interface Appeared {
  readonly targets: readonly Target[];
  readonly passesOver: ScanScope['passesOver'];
  /** How many names appeared. */
  readonly count: number;
}

type Listed = Looked & { looked: 'listed' };

/** Looks at the directories before the command is started. @param kinds all that are looked for anywhere */
export async function takeSnapshots(
  watched: readonly Watched[],
  kinds: readonly Kind[],
  match: NameMatcher,
): Promise<readonly Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const each of watched) snapshots.push({ watched: each, before: await look(each.path, kinds, match) });
  return snapshots;
}

/**
 * Looks at the directories again, when the command has ended. Only what is there now is swept, and who uses it is
 * looked up later: what a CRIU makes that is started from now on is not even looked at.
 */
export async function findAppeared(snapshots: readonly Snapshot[], match: NameMatcher): Promise<Appeared> {
  const targets: Target[] = [];
  const listed: Listed[] = [];
  for (const { watched, before } of snapshots) {
    const after = await look(
      watched.path,
      watched.kinds,
      match,
      (name, kind, directory) =>
        !snapshots.some((each) => hadBefore(each, watched, directory)?.has(name, kind)),
    );
    if (after.looked === 'listed' && listed.some((each) => sameFile(each.identity, after.identity))) continue;
    const target = targetOf(watched, before, after);
    if (target !== null) targets.push(target);
    if (target?.plan === 'tree' && after.looked === 'listed') listed.push(after);
  }
  return {
    targets,
    count: listed.reduce((sum, { names }) => sum + names.size, 0),
    passesOver(parent: Identity, name: Bytes): boolean {
      const kind = match(name);
      const names = listed.find(({ identity }) => sameFile(identity, parent))?.names;
      return kind === undefined || names === undefined || !names.has(name, kind);
    },
  };
}

/** What a snapshot knows of a directory: that it is the same one, or that it stands where the same one stood. */
function hadBefore({ watched, before }: Snapshot, now: Watched, directory: Identity) {
  if (before.looked !== 'listed') return undefined;
  return watched === now || sameFile(before.identity, directory) ? before.names : undefined;
}

/** `null`: nothing to sweep, and nothing to say. What could not be listed before cannot be told from what is new. */
function targetOf({ path, named }: Watched, before: Looked, after: Looked): Target | null {
  if (before.looked === 'kernels' || after.looked === 'kernels') return null;
  if (before.looked === 'failed') return unswept(path, before);
  switch (after.looked) {
    case 'failed':
      return unswept(path, after);
    case 'missing': {
      const never = named && before.looked === 'missing';
      const error = never ? { path, code: 'ENOENT', syscall: 'realpath' } : null;
      return { plan: 'none', path, status: 'missing', error };
    }
    case 'listed':
      return { plan: 'tree', path, resolved: after.resolved, identity: after.identity };
  }
}

function unswept(path: Bytes, { code, syscall }: Omit<SweepError, 'path'>): Target {
  const status: TargetStatus = statusOf({ code });
  return { plan: 'none', path, status, error: { path, code, syscall } };
}
