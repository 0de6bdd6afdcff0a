import { realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { encode, fsPath, joinPath } from '../bytes.ts';
import { errnoOf } from '../errno.ts';
import type { Bytes, Identity, SweepError } from '../model.ts';
import { UsageError } from '../usage-error.ts';
import { isDirectory } from './filter.ts';
import { lstatName, statPath } from './lstat.ts';
import type { NameMatcher } from './names.ts';
import type { ScanScope } from './scanner.ts';
import { type CandidateTarget, resolvedPath, statusOf, type Target } from './targets.ts';

/** Whether a path lies where nothing may ever be swept: `/` itself, /proc, /sys and /dev (but /dev/shm). */
export function isForbidden(path: Bytes): boolean {
  const normal = posix
    .normalize(path)
    .replace(/^\/\//, '/')
    .replace(/(?<=.)\/$/, '');
  if (normal === '/') return true;
  if (normal === '/dev/shm' || normal.startsWith('/dev/shm/')) return false;
  return ['/proc', '/sys', '/dev'].some((top) => normal === top || normal.startsWith(`${top}/`));
}

/** What the command line's targets are: resolved ones in their order, and what went wrong on the way. */
export interface ResolvedTargets {
  readonly targets: readonly Target[];
  /** Directories that a glob could not read. */
  readonly errors: readonly SweepError[];
}

/**
 * Resolves targets, each once: its links, its identity, whether it is a candidate itself, and whether another one
 * is the same. Globs are expanded only where no path of that name exists.
 *
 * @throws UsageError for an empty string and for what is forbidden; then nothing has been touched
 */
export async function resolveTargets(
  written: readonly string[],
  match: NameMatcher,
): Promise<ResolvedTargets> {
  const targets: Target[] = [];
  const errors: SweepError[] = [];
  for (const text of written) {
    if (text === '')
      throw new UsageError('a target is the empty string: name a directory, like /var/lib/criu');
    const path = encode(text);
    if (path.startsWith('/') && isForbidden(path)) throw forbidden(text);
    const target = resolve(path, match);
    if (target.plan === 'none' && target.status === 'missing' && /[*?[\]{}()!+@\\]/.test(text)) {
      const { expandGlob } = await import('./glob.ts');
      const matches = await expandGlob(text);
      if (matches !== null) {
        errors.push(...matches.errors);
        const found = matches.paths
          .map((each) => resolveMatch(each, match))
          .filter((each) => !isForbiddenTarget(each));
        if (found.length === 0) targets.push({ plan: 'none', path, status: 'no-match', error: null });
        targets.push(...found);
        continue;
      }
    }
    if (isForbiddenTarget(target)) throw forbidden(text);
    targets.push(target);
  }
  return { targets: markRepeated(targets), errors };
}

function forbidden(text: string): UsageError {
  return new UsageError(
    `${text}: is never swept: name a directory below, not /, /proc, /sys or /dev (but /dev/shm)`,
  );
}

function isForbiddenTarget(target: Target): boolean {
  if (target.plan === 'candidate') return target.parent !== '/' && isForbidden(target.parent);
  return target.plan === 'tree' && isForbidden(target.resolved);
}

function resolve(path: Bytes, match: NameMatcher): Target {
  try {
    return resolveCandidate(path, match) ?? resolveTree(path, match);
  } catch (error) {
    const errno = errnoOf(error);
    return { plan: 'none', path, status: statusOf(errno), error: { path, ...errno } };
  }
}

/** A match of a glob, which may have gone by the time it is its turn: nobody named it. */
function resolveMatch(path: Bytes, match: NameMatcher): Target {
  const target = resolve(path, match);
  if (target.plan === 'tree') return { ...target, forgiven: ['ENOENT'] };
  return target.plan === 'none' && target.status === 'missing' ? { ...target, error: null } : target;
}

function resolveTree(path: Bytes, match: NameMatcher): Target {
  const resolved = realpathSync.native(fsPath(path), 'latin1');
  const candidate = resolveCandidate(resolved, match);
  if (candidate !== null) return { ...candidate, path };
  const facts = statPath(resolved);
  if (isDirectory(facts)) return { plan: 'tree', path, resolved, identity: facts };
  return { plan: 'none', path, status: 'not-a-directory', error: { path, code: 'ENOTDIR', syscall: 'stat' } };
}

/** The target as a candidate, where its own name, as it was written, is a leftover's; a link of that name is not followed. */
function resolveCandidate(path: Bytes, match: NameMatcher): CandidateTarget | null {
  const bare = path.replace(/\/+$/, '');
  const name = bare.slice(bare.lastIndexOf('/') + 1);
  const kind = match(name);
  if (kind === undefined) return null;
  const above = bare.slice(0, bare.length - name.length);
  const parent = realpathSync.native(fsPath(above === '' ? '.' : above), 'latin1');
  if (lstatName(joinPath(parent, name)) === null) return null;
  return { plan: 'candidate', path, parent, parentIdentity: statPath(parent), name, kind };
}

/** Marks what an earlier target already accounts for. */
export function markRepeated(targets: readonly Target[]): Target[] {
  const seen = new Set<string>();
  return targets.map((target) => {
    const key = keyOf(target);
    if (key === null || !seen.has(key)) {
      if (key !== null) seen.add(key);
      return target;
    }
    return { plan: 'again', path: target.path, resolved: resolvedPath(target) ?? target.path };
  });
}

function keyOf(target: Target): string | null {
  if (target.plan === 'tree') return directoryKey(target.identity);
  return target.plan === 'candidate' ? candidateKey(target.parentIdentity, target.name) : null;
}

function directoryKey({ dev, ino }: Identity): string {
  return `${dev}:${ino}`;
}

function candidateKey(parent: Identity, name: Bytes): string {
  return `${directoryKey(parent)}/${name}`;
}

/** What the targets' scans leave to each other: directories that are targets themselves, and named candidates. */
export function claims(targets: readonly Target[]): Pick<ScanScope, 'isOtherTarget' | 'passesOver'> {
  const keys = new Set(targets.map(keyOf));
  if (targets.length < 2) return { isOtherTarget: () => false, passesOver: () => false };
  return {
    isOtherTarget: (directory) => keys.has(directoryKey(directory)),
    passesOver: (parent, name) => keys.has(candidateKey(parent, name)),
  };
}
