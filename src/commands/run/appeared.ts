import { joinPath } from '../../linux/bytes.ts';
import { errnoOf } from '../../linux/errno.ts';
import { sameFile } from '../../linux/lstat.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes, Identity, Kind } from '../../model/model.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import type { ScanScope } from '../../sweep/scanner.ts';
import { statusOf, type Target } from '../../sweep/targets.ts';
import { type After, type Known, lookAfter, nameIsMadeIn, type Span } from './look-after.ts';
import { type Before, lookBefore } from './look-before.ts';
import type { Watched } from './watched.ts';

/** A watched directory, and what was in it before the command was started. */
export interface Snapshot {
  readonly watched: Watched;
  readonly before: Before;
}

/**
 * The input of the sweep after the command: the watched directories, and in them only what was not there
 * before.
 */
export interface Appeared {
  readonly targets: readonly Target[];
  readonly passesOver: ScanScope['passesOver'];
  /** How many names appeared. */
  readonly count: number;
  /** Names that could not be looked at when it was their turn; they grow while the sweep goes on. */
  readonly errors: readonly SweepError[];
}

type Listed = After & { readonly looked: 'listed' };

/**
 * Looks at the directories before the command is started.
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
  for (const each of watched)
    snapshots.push({ watched: each, before: await lookBefore(each.path, { kinds, match, stopped }) });
  return snapshots;
}

/**
 * Looks at the directories again, when the command has ended. Only what is there now is swept, and who uses it is
 * looked up later: what a CRIU makes that is started from now on is not even looked at.
 *
 * @param placeNow where a path leads since our working directory was moved
 */
export async function findAppeared(
  snapshots: readonly Snapshot[],
  match: NameMatcher,
  span: Span,
  placeNow: (path: Bytes) => Bytes,
): Promise<Appeared> {
  const targets: Target[] = [];
  const listed: Listed[] = [];
  for (const snapshot of snapshots) {
    const { watched, before } = snapshot;
    const after = await lookAgain(snapshot, match, knownOf(snapshots, watched, span), placeNow);
    if (after === null) continue;
    if (after.looked === 'listed' && listed.some((each) => sameFile(each.identity, after.identity))) continue;
    const target = targetOf(watched, before, after);
    targets.push(target);
    if (after.looked === 'listed') listed.push(after);
  }
  const errors: SweepError[] = [];
  return {
    targets,
    errors,
    count: listed.reduce((sum, { names }) => sum + names.size, 0),
    passesOver(parent: Identity, name: Bytes): boolean {
      const kind = match(name);
      const here = listed.find(({ identity }) => sameFile(identity, parent));
      if (kind === undefined || here === undefined || !here.names.has(name, kind)) return true;
      return here.foundMeanwhile && !isStillNew(here, name, span, errors);
    },
  };
}

/** The name may be another directory's by now. What cannot be looked at is passed over, and said. */
function isStillNew({ resolved }: Listed, name: Bytes, span: Span, errors: SweepError[]): boolean {
  try {
    return nameIsMadeIn(name, span);
  } catch (error) {
    errors.push({ path: joinPath(resolved, name), ...errnoOf(error) });
    return false;
  }
}

/** `null`: nothing is to be swept there, and nothing to be said. */
async function lookAgain(
  { watched, before }: Snapshot,
  match: NameMatcher,
  known: Known,
  placeNow: (path: Bytes) => Bytes,
): Promise<After | null> {
  switch (before.looked) {
    case 'kernels':
      return null;
    // In a directory that could not be listed before, nobody knows what is new.
    case 'failed':
      return before;
    case 'missing':
    case 'listed':
      return lookAfter(before, placeNow, { kinds: watched.kinds, match, stopped: () => false }, known);
  }
}

function knownOf(snapshots: readonly Snapshot[], now: Watched, span: Span): Known {
  return {
    span,
    isListed: (directory) =>
      snapshots.some(
        ({ before }) => before.looked === 'listed' && before.pinned && sameFile(before.identity, directory),
      ),
    hadBefore: (name, kind, directory) =>
      snapshots.some(
        ({ watched, before }) =>
          before.looked === 'listed' &&
          (watched === now || sameFile(before.identity, directory)) &&
          before.names.has(name, kind),
      ),
  };
}

function targetOf({ path, named }: Watched, before: Before, after: After): Target {
  switch (after.looked) {
    case 'failed': {
      const { code, syscall } = after;
      return { kind: 'none', path, status: statusOf({ code }), error: { path, code, syscall } };
    }
    case 'missing': {
      const never = named && before.looked === 'missing';
      const error = never ? { path, code: 'ENOENT', syscall: 'realpath' } : null;
      return { kind: 'none', path, status: 'missing', error };
    }
    case 'listed':
      return { kind: 'tree', path, resolved: after.resolved, identity: after.identity };
  }
}
