import { joinPath } from '../linux/bytes.ts';
import { sameFile } from '../linux/lstat.ts';
import { stepDown } from '../linux/working-directory.ts';
import type { SweepError, TargetReport, TargetStatus } from '../model/events.ts';
import type { Bytes, Identity, Kind } from '../model/model.ts';
import { type Looked, type Scanned, type ScanScope, scanTree } from './scanner.ts';
import type { Stop } from './stop.ts';

/** A resolved target; nothing has been entered yet. `path` is what the caller wrote, or a glob's match. */
export type Target =
  | {
      readonly plan: 'tree';
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
  | { readonly plan: 'again'; readonly path: Bytes; readonly resolved: Bytes }
  | {
      readonly plan: 'none';
      readonly path: Bytes;
      readonly status: TargetStatus;
      readonly error: SweepError | null;
    };

/** The bounds of one target, besides those of the whole scan. */
export type TargetBounds = Pick<ScanScope, 'maxDepth' | 'excludes'>;

/** A target whose own name is a leftover's: judged itself, never entered. */
export interface CandidateTarget {
  readonly plan: 'candidate';
  readonly path: Bytes;
  readonly parent: Bytes;
  readonly parentIdentity: Identity;
  readonly name: Bytes;
  readonly kind: Kind;
}

/** An event of a target's scan: those of {@link scanTree}, and the target's own report at the end. */
export type TargetScanned = Scanned | { readonly type: 'target'; readonly target: TargetReport };

/** Scans one target, until it is done or there is a reason to stop. */
export function* scanTarget(target: Target, scope: ScanScope, stop: Stop): Generator<TargetScanned> {
  const looked: Looked = { directories: 0, entries: 0 };
  let status: TargetStatus = target.plan === 'none' ? target.status : 'swept';
  if (stop.asked() !== null) {
    stop.refuse();
    status = 'interrupted';
  } else {
    for (const found of scan(target, scope, looked)) {
      if (stop.asked() !== null) {
        stop.refuse();
        status = 'interrupted';
        break;
      }
      if (found.type === 'error') {
        if (looked.directories === 0) status = statusOf(found.error);
        if (isForgiven(target, found.error, looked)) continue;
      }
      yield found;
      if (stop.refused) {
        status = 'interrupted';
        break;
      }
    }
  }
  yield { type: 'target', target: { path: target.path, resolved: resolvedPath(target), status, ...looked } };
}

function isForgiven(target: Target, { code }: SweepError, { directories }: Looked): boolean {
  if (target.plan !== 'tree') return false;
  return (directories === 0 ? target.forgiven : target.forgivenBelow)?.includes(code) ?? false;
}

/** The status of a target that could not even be opened. */
export function statusOf({ code }: { readonly code: string }): TargetStatus {
  if (code === 'ENOENT') return 'missing';
  return code === 'ENOTDIR' ? 'not-a-directory' : 'unreadable';
}

/** Absolute, links resolved; `null` where there is nothing. */
export function resolvedPath(target: Target): Bytes | null {
  switch (target.plan) {
    case 'tree':
    case 'again':
      return target.resolved;
    case 'candidate':
      return joinPath(target.parent, target.name);
    case 'none':
      return null;
  }
}

function scan(target: Target, scope: ScanScope, looked: Looked): Iterable<Scanned> {
  switch (target.plan) {
    case 'tree':
      return scanTree(target.resolved, target.identity, scopeOf(target, scope), looked);
    case 'candidate':
      return scanCandidate(target, scope, looked);
    case 'none':
      return target.error === null ? [] : [{ type: 'error', error: target.error }];
    case 'again':
      return [];
  }
}

/** The scope of one target's scan: what both the whole scan and the target itself let it enter. */
export function scopeOf(target: Target, scope: ScanScope): ScanScope {
  if (target.plan !== 'tree' || target.bounds === undefined) return scope;
  const { bounds } = target;
  const maxDepth = Math.min(scope.maxDepth ?? Infinity, bounds.maxDepth ?? Infinity);
  return { ...scope, maxDepth, excludes: either(scope.excludes, bounds.excludes) };
}

function either(one: ScanScope['excludes'], other: ScanScope['excludes']): ScanScope['excludes'] {
  if (one === null || other === null) return one ?? other;
  return (path) => one(path) || other(path);
}

function* scanCandidate(target: CandidateTarget, scope: ScanScope, looked: Looked): Generator<Scanned> {
  const { parent, parentIdentity, name, kind } = target;
  const step = stepDown(parent);
  if (step.step !== 'entered' || !sameFile(step.here, parentIdentity)) {
    const errno = step.step === 'failed' ? step : { code: 'changed', syscall: 'chdir' };
    yield { type: 'error', error: { path: parent, code: errno.code, syscall: errno.syscall } };
    return;
  }
  looked.entries = 1;
  const place = { path: parent, ...parentIdentity };
  const mountedAt = scope.mounts.at(place, name)?.mountPoint ?? null;
  yield { type: 'candidate', candidate: { parent: place, name, kind, excluded: false, mountedAt } };
}
