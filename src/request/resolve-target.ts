import { realpathSync } from 'node:fs';
import { asBytes, encode, fsPath, joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { isDirectory, lstatName, statPath } from '../linux/lstat.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes } from '../model/model.ts';
import type { NameMatcher } from '../sweep/names.ts';
import { type CandidateTarget, resolvedPath, statusOf, type Target } from '../sweep/targets.ts';
import type { Bearings } from './bearings.ts';
import { isForbidden, isKernelFileSystem, isKernelPath } from './forbidden.ts';
import type { GlobMatch } from './walk-glob.ts';

/** The circumstances in which one target is resolved. */
export interface Resolving {
  readonly match: NameMatcher;
  readonly mounts: OwnMounts;
  /** Whether a missing target counts as nothing to do. */
  readonly ignoreMissing: boolean;
  readonly bearings: Bearings;
}

/** Resolves a literal target. A problem with it is an error of this target alone. */
export function resolveTarget(text: string, resolving: Resolving): Target {
  const { ignoreMissing, bearings } = resolving;
  const path = encode(text);
  if (!bearings.reaches(text)) return failed(path, 'changed', 'chdir');
  const target = resolve(path, resolving);
  const resolved = resolvedPath(target);
  if (resolved !== null && !bearings.holds(text, resolved)) return failed(path, 'changed', 'realpath');
  if (isNeverSwept(target, resolving)) return failed(path, 'forbidden', 'realpath');
  if (!ignoreMissing) return target;
  if (target.kind === 'tree') return { ...target, forgiven: ['ENOENT'] };
  return target.kind === 'none' && target.status === 'missing' ? { ...target, error: null } : target;
}

/**
 * Turns a glob's match into a target. It may be gone when its turn comes; that is no failure, because nobody
 * named it.
 */
export function matchTarget(found: GlobMatch, match: NameMatcher): Target {
  const { path, parent, parentIdentity, name, identity } = found;
  const leftover = match(name);
  if (leftover !== undefined) return { kind: 'candidate', path, parent, parentIdentity, name, leftover };
  const below = joinPath(parent, name);
  return { kind: 'tree', path, resolved: path === below ? path : below, identity, forgiven: VANISHED };
}

/** The errnos forgiven for a match: one array for all. */
const VANISHED: readonly string[] = ['ENOENT'];

function failed(path: Bytes, code: string, syscall: string): Target {
  const error: SweepError = { path, code, syscall };
  return { kind: 'none', path, status: statusOf(error), error };
}

function isNeverSwept(target: Target, { mounts }: Resolving): boolean {
  if (target.kind === 'candidate') {
    const { parent, parentIdentity } = target;
    return isKernelPath(parent) || isKernelFileSystem(parent, parentIdentity, mounts);
  }
  if (target.kind !== 'tree') return false;
  return isForbidden(target.resolved) || isKernelFileSystem(target.resolved, target.identity, mounts);
}

function resolve(path: Bytes, { match }: Resolving): Target {
  try {
    return resolveCandidate(path, match) ?? resolveTree(path, match);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    return failed(path, code, syscall);
  }
}

function resolveTree(path: Bytes, match: NameMatcher): Target {
  const resolved = asBytes(realpathSync.native(fsPath(path), 'latin1'));
  const candidate = resolveCandidate(resolved, match);
  if (candidate !== null) return { ...candidate, path };
  const facts = statPath(resolved);
  if (isDirectory(facts)) return { kind: 'tree', path, resolved, identity: facts };
  return failed(path, 'ENOTDIR', 'stat');
}

/**
 * The target as a candidate, if its own name, as written, is a leftover's. A link of that name is not
 * followed.
 */
function resolveCandidate(path: Bytes, match: NameMatcher): CandidateTarget | null {
  const bare = asBytes(path.replace(/\/+$/, ''));
  const name = bare.slice(bare.lastIndexOf('/') + 1);
  const leftover = match(name);
  if (leftover === undefined) return null;
  const above = bare.slice(0, bare.length - name.length);
  const parent = asBytes(realpathSync.native(above === '' ? '.' : fsPath(above), 'latin1'));
  if (lstatName(joinPath(parent, name)) === null) return null;
  return { kind: 'candidate', path, parent, parentIdentity: statPath(parent), name, leftover };
}
