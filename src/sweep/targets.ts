import { joinPath } from '../linux/bytes.ts';
import { sameFile } from '../linux/lstat.ts';
import { stepDown } from '../linux/working-directory.ts';
import type { SweepError, TargetReport, TargetStatus } from '../model/events.ts';
import type { Bytes, Identity, Kind } from '../model/model.ts';
import { type ScanCounts, type Scanned, type ScanScope, scanTree } from './scanner.ts';
import type { Stop } from './stop.ts';

/** A resolved target; nothing has been entered yet. `path` is what the caller wrote, or a glob's match. */
export type Target =
  | {
      readonly kind: 'tree';
      readonly path: Bytes;
      readonly resolved: Bytes;
      readonly identity: Identity;
      /** Errnos that are no failure when it cannot be opened, because nobody named it. */
      readonly forgiven?: readonly string[];
      /** Errnos that are no failure of what lies below it, because nobody named that. */
      readonly forgivenBelow?: readonly string[];
      /** What of it is searched; left out: all of it. */
      readonly bounds?: TargetBounds;
    }
  | CandidateTarget
  /** The same as an earlier target, which accounts for it. */
  | { readonly kind: 'again'; readonly path: Bytes; readonly resolved: Bytes }
  | {
      readonly kind: 'none';
      readonly path: Bytes;
      readonly status: TargetStatus;
      readonly error: SweepError | null;
    };

/** The bounds of one target, besides those of the whole scan. */
export type TargetBounds = Pick<ScanScope, 'maxDepth' | 'excludes'>;

/** A target whose own name is a leftover's: judged itself, never entered. */
export interface CandidateTarget {
  readonly kind: 'candidate';
  readonly path: Bytes;
  readonly parent: Bytes;
  readonly parentIdentity: Identity;
  readonly name: Bytes;
  readonly leftover: Kind;
}

/** An event of a target's scan: those of {@link scanTree}, and the target's own report at the end. */
export type TargetScanned = Scanned | { readonly type: 'target'; readonly target: TargetReport };

/** Scans one target, until it is done or there is a reason to stop. */
export function* scanTarget(target: Target, scope: ScanScope, stop: Stop): Generator<TargetScanned> {
  const counts: ScanCounts = { directories: 0, entries: 0 };
  let status: TargetStatus = target.kind === 'none' ? target.status : 'swept';
  if (stop.asked() !== null) {
    stop.refuse();
    status = 'interrupted';
  } else {
    for (const found of scan(target, scope, counts)) {
      if (stop.asked() !== null) {
        stop.refuse();
        status = 'interrupted';
        break;
      }
      if (found.type === 'error') {
        if (counts.directories === 0) status = statusOf(found.error);
        if (isForgiven(target, found.error, counts)) continue;
      }
      yield found;
      if (stop.refused) {
        status = 'interrupted';
        break;
      }
    }
  }
  yield { type: 'target', target: { path: target.path, resolved: resolvedPath(target), status, ...counts } };
}

function isForgiven(target: Target, { code }: SweepError, { directories }: ScanCounts): boolean {
  if (target.kind !== 'tree') return false;
  return (directories === 0 ? target.forgiven : target.forgivenBelow)?.includes(code) ?? false;
}

/** The status of a target that could not even be opened. */
export function statusOf({ code }: { readonly code: string }): TargetStatus {
  if (code === 'ENOENT') return 'missing';
  return code === 'ENOTDIR' ? 'not-a-directory' : 'unreadable';
}

/** Absolute, links resolved; `null` where there is nothing. */
export function resolvedPath(target: Target): Bytes | null {
  switch (target.kind) {
    case 'tree':
    case 'again':
      return target.resolved;
    case 'candidate':
      return joinPath(target.parent, target.name);
    case 'none':
      return null;
  }
}

function scan(target: Target, scope: ScanScope, counts: ScanCounts): Iterable<Scanned> {
  switch (target.kind) {
    case 'tree':
      return scanTree(target.resolved, target.identity, scopeOf(target, scope), counts);
    case 'candidate':
      return scanCandidate(target, scope, counts);
    case 'none':
      return target.error === null ? [] : [{ type: 'error', error: target.error }];
    case 'again':
      return [];
  }
}

/** The scope of one target's scan: what both the whole scan and the target itself let it enter. */
export function scopeOf(target: Target, scope: ScanScope): ScanScope {
  if (target.kind !== 'tree' || target.bounds === undefined) return scope;
  const { bounds } = target;
  const maxDepth = Math.min(scope.maxDepth ?? Infinity, bounds.maxDepth ?? Infinity);
  return { ...scope, maxDepth, excludes: either(scope.excludes, bounds.excludes) };
}

function either(one: ScanScope['excludes'], other: ScanScope['excludes']): ScanScope['excludes'] {
  if (one === null || other === null) return one ?? other;
  return (path) => one(path) || other(path);
}

function* scanCandidate(target: CandidateTarget, scope: ScanScope, counts: ScanCounts): Generator<Scanned> {
  const { parent, parentIdentity, name, leftover } = target;
  const step = stepDown(parent);
  if (step.kind !== 'entered' || !sameFile(step.here, parentIdentity)) {
    const errno = step.kind === 'failed' ? step : { code: 'changed', syscall: 'chdir' };
    yield { type: 'error', error: { path: parent, code: errno.code, syscall: errno.syscall } };
    return;
  }
  counts.entries = 1;
  const place = { path: parent, ...parentIdentity };
  const mountedAt = scope.mounts.at(place, name)?.mountPoint ?? null;
  yield { type: 'candidate', candidate: { parent: place, name, kind: leftover, excluded: false, mountedAt } };
}
