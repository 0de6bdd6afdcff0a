import { type LogName, parseLogName, parseNameLikeLog } from '../../criu/log/files.ts';
import { EMPTY } from '../../linux/bytes.ts';
import { keyOf } from '../../linux/lstat.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes, Kind, Place } from '../../model/model.ts';
import { type ScanCounts, type ScanScope, scanTree } from '../../sweep/scanner.ts';
import { scopeOf, type Target } from '../../sweep/targets.ts';

/** A log's name in the directory that we stand in while it is handed out; nothing of it has been read. */
export interface NamedLikeLog {
  readonly workDir: Place;
  readonly file: Bytes;
  readonly name: LogName;
  /** The name can be any program's log: only its head tells. */
  readonly byContent: boolean;
}

/** An event of the search. A `pause` is a moment to hear signals. */
export type LogFound =
  | {
      readonly kind: 'log';
      readonly log: NamedLikeLog;
      /** Nobody named the target, so what may not be read below it is no failure. */
      readonly unnamed: boolean;
    }
  /** A directory that could not be searched. */
  | { readonly kind: 'error'; readonly error: SweepError }
  | { readonly kind: 'pause'; readonly directories: number; readonly where: Bytes };

/** Every name that a log can have, as the scanner asks for names. */
const LOG: Kind = { prefix: EMPTY, modes: null, mountable: false };

/** Errnos left to the sweep, which meets them again and knows where they are no failure. */
const TOLD_BY_SWEEP: readonly string[] = ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'];

/**
 * Finds by name what can be a log of CRIU's below each target, and beside a target that is a leftover itself.
 * It is the scanner's own walk, each directory pinned while we stand in it: what a sweep does not enter
 * (links, other file systems and mounts, leftovers, other targets, what is excluded) is not searched either.
 */
export function* findLogs(targets: readonly Target[], scope: ScanScope): Generator<LogFound> {
  const searched = new Set<string>();
  let directories = 0;
  for (const target of targets) {
    const place = placeOf(target);
    // Very many leftovers that are targets themselves lie in one directory.
    if (place === null || (target.kind === 'candidate' && searched.has(keyOf(place)))) continue;
    searched.add(keyOf(place));
    const counts: ScanCounts = { directories: 0, entries: 0 };
    const within = target.kind === 'candidate' ? { ...scope, maxDepth: 1 } : scopeOf(target, scope);
    const forgiven = target.kind === 'tree' ? (target.forgiven ?? []) : [];
    let where = place.path;
    for (const found of scanTree(place.path, place, logScope(within), counts)) {
      switch (found.type) {
        case 'candidate': {
          const { parent, name: file, excluded, mountedAt } = found.candidate;
          const known = parseLogName(file);
          const name = excluded ? null : (known ?? parseNameLikeLog(file));
          where = parent.path;
          // A mount point is another file system's, which may never answer.
          if (name === null || (mountedAt !== null && !scope.crossDevice)) break;
          const workDir = { path: parent.path, dev: parent.dev, ino: parent.ino };
          const log = { workDir, file, name, byContent: known === null };
          yield { kind: 'log', log, unnamed: forgiven.includes('EACCES') };
          break;
        }
        case 'error':
          if (!TOLD_BY_SWEEP.includes(found.error.code)) yield { kind: 'error', error: found.error };
          break;
        case 'pause':
          yield { kind: 'pause', directories: directories + counts.directories, where };
      }
    }
    directories += counts.directories;
  }
}

/**
 * Hands out logs' names instead of leftovers, which are not entered all the same. A directory that is named
 * like a log is entered.
 */
function logScope(scope: ScanScope): ScanScope {
  const { match } = scope;
  return {
    ...scope,
    readsLeaves: true,
    match: (name) => match(name) ?? (parseNameLikeLog(name) === null ? undefined : LOG),
    enters: () => true,
    passesOver: (_, name) => match(name) !== undefined,
  };
}

function placeOf(target: Target): Place | null {
  switch (target.kind) {
    case 'tree':
      return { path: target.resolved, dev: target.identity.dev, ino: target.identity.ino };
    case 'candidate':
      return { path: target.parent, dev: target.parentIdentity.dev, ino: target.parentIdentity.ino };
    case 'again':
    case 'none':
      return null;
  }
}
