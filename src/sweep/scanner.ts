import { joinPath, toText } from '../linux/bytes.ts';
import { type Errno, errnoOf } from '../linux/errno.ts';
import type { Entry } from '../linux/listing.ts';
import type { Bytes, Identity } from '../model/model.ts';
import { Crossing } from './crossing.ts';
import { Descent } from './descent.ts';
import type { Level } from './level.ts';
import { problem, type ScanCounts, type Scanned, type ScanScope } from './scan.ts';
import { leave, said, stayInMount } from './standing.ts';

export type { ScanCounts, Scanned, ScanScope } from './scan.ts';

/** The work between two pauses, counted in entries: a candidate costs some calls, a directory many. */
const PAUSE_AFTER = 1024;
const CANDIDATE_COST = 8;
const DIRECTORY_COST = 16;
const CHOICE_COST = 16;

/** Limit of subdirectory names that are remembered before we go down into them. */
const MOST_PENDING = 4096;
/**
 * Limit of directories that stay half read while we are further down; beyond it they are read to their end.
 */
const MOST_OPEN = 4;

/**
 * Walks the tree below a target depth-first, without recursion, and hands out what matches. Reads every entry
 * of each directory once; never enters a candidate.
 *
 * @param root absolute path, links resolved
 * @param expected the root as it was when it was resolved
 * @param counts counts up as the scan goes on
 */
export function* scanTree(
  root: Bytes,
  expected: Identity,
  scope: ScanScope,
  counts: ScanCounts,
): Generator<Scanned> {
  const descent = new Descent(root, !scope.crossDevice);
  const crossing = new Crossing(scope, counts);
  let work = 0;
  try {
    for (const error of descent.enterRoot(expected)) yield problem(error);
    const { id } = descent.mount;
    if (id !== null) scope.mounts.identify(expected.dev, id);
    for (let level = descent.deepest; level !== undefined; level = descent.deepest) {
      if (work >= PAUSE_AFTER) {
        work = 0;
        yield { type: 'pause', entries: counts.entries, where: level.path };
        yield* stayInMount(level, descent);
      }
      const child = level.children.shift();
      if (child !== undefined) {
        const errors = descent.enter(child.name, child);
        if (errors.length > 0) yield* said(errors, level, descent);
      } else if (level.pending.length > 0 && !mayReadOn(level, descent)) {
        work += CHOICE_COST;
        const errors = crossing.choose(level);
        if (errors.length > 0) yield* said(errors, level, descent);
      } else if (level.listed) {
        work += DIRECTORY_COST;
        for (const error of leave(level, descent)) yield problem(error);
      } else {
        for (const found of read(level, root, descent, scope, counts)) {
          work += found.type === 'candidate' ? CANDIDATE_COST : 1;
          yield found;
          if (work < PAUSE_AFTER) continue;
          work = 0;
          yield { type: 'pause', entries: counts.entries, where: level.path };
        }
      }
    }
  } finally {
    descent.close();
  }
}

/**
 * Whether to read on before going down. Reading comes first, but with very many subdirectories some are
 * entered before reading goes on.
 */
export function mayReadOn(level: Level, descent: Descent): boolean {
  return !level.listed && (level.pending.length < MOST_PENDING || descent.openListings > MOST_OPEN);
}

function* read(
  level: Level,
  root: Bytes,
  descent: Descent,
  scope: ScanScope,
  counts: ScanCounts,
): Generator<Scanned> {
  const batch = nextBatch(level);
  if ('code' in batch) {
    yield* said([{ path: level.path, ...batch }], level, descent);
    return;
  }
  if (level.missing !== null) return;
  if (!level.opened) counts.directories += 1;
  level.opened = true;
  counts.entries += batch.length;
  const mayGoDown = scope.maxDepth === null || descent.depth < scope.maxDepth;
  for (const entry of batch) {
    const { name } = entry;
    const kind = scope.match(name);
    if (kind !== undefined) {
      if (scope.passesOver(level, name)) continue;
      if (!level.inOurMount && !(yield* stayInMount(level, descent))) return;
      const excluded = isExcluded(level, name, root, scope);
      const mountedAt = scope.mounts.at(level, name)?.mountPoint ?? null;
      yield { type: 'candidate', candidate: { parent: level, name, kind, excluded, mountedAt } };
      const enters = mayGoDown && !excluded && scope.enters?.(name) === true;
      if (enters && entry.isDirectory()) level.pending.push(name);
    } else if (mayGoDown && entry.isDirectory() && !isExcluded(level, name, root, scope)) {
      level.pending.push(name);
    }
  }
}

/** The next entries of the directory we stand in, or the errno of reading it. */
export function nextBatch(level: Level): readonly Entry[] | Errno {
  try {
    const batch = level.listing.next();
    if (batch === null) level.listed = true;
    return batch ?? [];
  } catch (error) {
    level.listed = true;
    const errno = errnoOf(error);
    if (errno.code !== 'ENOENT') return errno;
    level.missing = errno;
    return [];
  }
}

function isExcluded(level: Level, name: Bytes, root: Bytes, scope: ScanScope): boolean {
  if (scope.excludes === null) return false;
  return scope.excludes(toText(joinPath(level.path, name).slice(root.length + 1)));
}
