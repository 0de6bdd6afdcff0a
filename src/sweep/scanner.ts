import { joinPath, toText } from '../bytes.ts';
import { errnoOf } from '../errno.ts';
import type { Bytes, Candidate, Facts, Identity, SweepError } from '../model.ts';
import { Descent, type Level } from './descent.ts';
import { isDirectory } from './filter.ts';
import type { Entry } from './listing.ts';
import { lstatName } from './lstat.ts';
import { isPseudoFileSystem, type OwnMounts } from './mountinfo.ts';
import type { NameMatcher } from './names.ts';

/** What to look for, and where not to go. */
export interface ScanScope {
  readonly match: NameMatcher;
  /** Whether a path below the target is excluded; `null`: nothing is. */
  readonly excludes: ((pathBelowTarget: string) => boolean) | null;
  readonly maxDepth: number | null;
  readonly crossDevice: boolean;
  readonly mounts: OwnMounts;
  /** Directories that are targets themselves, and are swept as such. */
  readonly isOtherTarget: (directory: Identity) => boolean;
  /** Candidates that are no business of this scan, such as those that were named as targets and are judged as such. */
  readonly passesOver: (parent: Identity, name: Bytes) => boolean;
}

/**
 * What a scan comes upon. While a candidate is handed out the process stands in its parent directory, and must
 * stand there again when the next is asked for. A `pause` is a moment to hear signals.
 */
export type Scanned =
  | { readonly type: 'candidate'; readonly candidate: Candidate }
  | { readonly type: 'error'; readonly error: SweepError }
  | { readonly type: 'pause' };

/** How much a scan has looked at. */
export interface Looked {
  directories: number;
  entries: number;
}

/** How much is done between two pauses, counted in entries: a candidate costs some calls, a directory many. */
const PAUSE_AFTER = 1024;
const CANDIDATE_COST = 8;
const DIRECTORY_COST = 16;
const PAUSE: Scanned = { type: 'pause' };

/** Names of subdirectories remembered before going down into them, where the directory has more. */
const MOST_PENDING = 4096;
/** Directories that may stay half read while we are further down; where there are more, they are read to their end. */
const MOST_OPEN = 4;

/**
 * Walks the tree below a target in depth, without recursion, and hands out what matches. Of each directory it stands
 * in it reads every entry once; candidates are never entered.
 *
 * @param root absolute path, links resolved
 * @param expected the root as it was when it was resolved
 * @param looked counts up as the scan goes on
 */
export function* scanTree(
  root: Bytes,
  expected: Identity,
  scope: ScanScope,
  looked: Looked,
): Generator<Scanned> {
  const descent = new Descent(root);
  let work = 0;
  try {
    for (const error of descent.enterRoot(expected)) yield problem(error);
    for (let level = descent.deepest; level !== undefined; level = descent.deepest) {
      if (work >= PAUSE_AFTER) {
        work = 0;
        yield PAUSE;
      }
      const name = mayReadOn(level, descent) ? undefined : level.pending.pop();
      if (name !== undefined) {
        work += DIRECTORY_COST;
        for (const error of enter(name, level, descent, scope)) yield problem(error);
      } else if (level.listed) {
        for (const error of descent.leave()) yield problem(error);
      } else {
        for (const found of read(level, root, descent.depth, scope, looked)) {
          work += found.type === 'candidate' ? CANDIDATE_COST : 1;
          yield found;
          if (work < PAUSE_AFTER) continue;
          work = 0;
          yield PAUSE;
        }
      }
    }
  } finally {
    descent.close();
  }
}

/** Reading comes first; but a directory of very many subdirectories goes down into some before it is read on. */
export function mayReadOn(level: Level, descent: Descent): boolean {
  return !level.listed && (level.pending.length < MOST_PENDING || descent.openListings > MOST_OPEN);
}

function* read(
  level: Level,
  root: Bytes,
  depth: number,
  scope: ScanScope,
  looked: Looked,
): Generator<Scanned> {
  const batch = nextBatch(level);
  if ('code' in batch) {
    yield problem(batch);
    return;
  }
  if (!level.opened) looked.directories += 1;
  level.opened = true;
  looked.entries += batch.length;
  const mayGoDown = scope.maxDepth === null || depth < scope.maxDepth;
  for (const entry of batch) {
    const { name } = entry;
    const kind = scope.match(name);
    if (kind !== undefined) {
      if (scope.passesOver(level, name)) continue;
      const excluded = isExcluded(level, name, root, scope);
      const mountedAt = scope.mounts.at(level, name)?.mountPoint ?? null;
      yield { type: 'candidate', candidate: { parent: level, name, kind, excluded, mountedAt } };
    } else if (mayGoDown && entry.isDirectory() && !isExcluded(level, name, root, scope)) {
      level.pending.push(name);
    }
  }
}

/** The next entries of the directory we stand in, or why there are none. */
export function nextBatch(level: Level): readonly Entry[] | SweepError {
  try {
    const batch = level.listing.next();
    if (batch === null) level.listed = true;
    return batch ?? [];
  } catch (error) {
    level.listed = true;
    const errno = errnoOf(error);
    // Somebody removed the directory we stand in, as runtimes do with a container's: it has no entries any more.
    return errno.code === 'ENOENT' && level.name !== '' ? [] : { path: level.path, ...errno };
  }
}

function enter(name: Bytes, level: Level, descent: Descent, scope: ScanScope): readonly SweepError[] {
  if (!level.searchable) return [];
  let facts: Facts | null;
  try {
    facts = lstatName(name);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno.code === 'EACCES') level.searchable = false;
    return [{ path: level.searchable ? joinPath(level.path, name) : level.path, ...errno }];
  }
  if (facts === null) return [];
  if (!isDirectory(facts)) {
    return level.listing.typed
      ? [{ path: joinPath(level.path, name), code: 'changed', syscall: 'lstat' }]
      : [];
  }
  return mayCross(level, name, facts, scope) && !scope.isOtherTarget(facts) ? descent.enter(name, facts) : [];
}

/** Another file system, or a mount of the same one, is entered only with `--cross-device`, a pseudo one never. */
function mayCross(level: Level, name: Bytes, facts: Facts, scope: ScanScope): boolean {
  const mount = scope.mounts.at(level, name);
  if (mount === undefined && facts.dev === level.dev) return true;
  return scope.crossDevice && (mount === undefined || !isPseudoFileSystem(mount.fsType));
}

function isExcluded(level: Level, name: Bytes, root: Bytes, scope: ScanScope): boolean {
  if (scope.excludes === null) return false;
  return scope.excludes(toText(joinPath(level.path, name).slice(root.length + 1)));
}

function problem(error: SweepError): Scanned {
  return { type: 'error', error };
}
