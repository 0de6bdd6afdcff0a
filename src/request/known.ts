import { homedir } from 'node:os';
import { posix } from 'node:path';
import { type Caller, type KnownTarget, knownTargets } from '../criu/known-targets.ts';
import type { WorkDirBounds } from '../criu/work-dirs.ts';
import { encode } from '../linux/bytes.ts';
import { assertErrno } from '../linux/errno.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { SweepError } from '../model/events.ts';
import type { NameMatcher } from '../sweep/names.ts';
import type { Target, TargetBounds } from '../sweep/targets.ts';
import { Bearings } from './bearings.ts';
import type { Expanding, ResolvedTargets } from './expanding.ts';
import { resolveTarget } from './resolve-target.ts';
import { leaveLostDirectory } from './resolve-targets.ts';

/** The environment variables that say where this user's containers are. */
export interface KnownEnvironment {
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/**
 * Errnos that are no failure of a place that nobody named: it does not exist, has gone, or is closed to us.
 */
const FORGIVEN = ['ENOENT', 'ENOTDIR', 'EACCES'];

/** Errnos that are no failure below it for a user, who may not read all of /tmp; root may. */
const FORGIVEN_BELOW = ['EACCES'];
const ROOT = 0;

/** The user who asks for known work dirs. @param uid effective */
export function callerOf(uid: number, env: KnownEnvironment): Caller {
  return { uid, home: homeDirectory(), env: { XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR } };
}

/**
 * The home directory; `undefined` if neither HOME nor a passwd entry names one (ENOENT of getpwuid_r(3)), or
 * we cannot tell.
 */
function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch (error) {
    // Node throws a SystemError of uv_os_homedir, which has an errno like those of fs calls.
    assertErrno(error);
    return undefined;
  }
}

/** The places of `--known`, whether or not they exist, and the configuration that could not be read. */
export interface KnownPlaces {
  readonly targets: readonly KnownTarget[];
  readonly errors: readonly SweepError[];
}

/** The known places of this host: those of the table, and below the roots that its configuration moves. */
export async function knownPlaces(caller: Caller): Promise<KnownPlaces> {
  const { readMovedRoots } = await import('./moved-roots.ts');
  const { roots, errors } = await readMovedRoots();
  const isMeant = ({ code }: SweepError) => caller.uid === ROOT || code !== 'EACCES';
  return { targets: knownTargets(caller, roots), errors: errors.filter(isMeant) };
}

/** A known place as people write it. */
export function placeName({ base, glob }: KnownTarget): string {
  return `${base}${glob ?? ''}`;
}

/** A known place, and the targets that it means here: none where nothing of it exists or is open to us. */
export interface ResolvedPlace {
  readonly place: KnownTarget;
  readonly targets: readonly Target[];
}

/** Resolves the known places one by one. Errors are of their configuration, and of globs. */
export async function resolvePlaces(
  caller: Caller,
  expanding: Expanding,
): Promise<{ readonly places: readonly ResolvedPlace[]; readonly errors: readonly SweepError[] }> {
  const known = await knownPlaces(caller);
  const places: ResolvedPlace[] = [];
  const errors = [...known.errors];
  for (const place of known.targets) {
    const found = await resolvePlace(place, caller, expanding);
    places.push({ place, targets: found.targets });
    errors.push(...found.errors);
    if (expanding.interrupted()) break;
  }
  return { places, errors };
}

/** Resolves `--known`: what of the known places exists here. */
export async function resolveKnown(caller: Caller, expanding: Expanding): Promise<ResolvedTargets> {
  const { places, errors } = await resolvePlaces(caller, expanding);
  const targets: Target[] = [];
  for (const place of places) for (const target of place.targets) targets.push(target);
  return { targets, errors };
}

/** The circumstances of a caller that only looks which places there are. */
export function lookingAround(match: NameMatcher, mounts: OwnMounts): Expanding {
  const bearings = new Bearings();
  const plain = { crossDevice: false, nested: false, ignoreMissing: false, interrupted: () => false };
  return { match, mounts, bearings, ...plain };
}

/** Resolves one known place, which may be a glob of many. */
async function resolvePlace(
  place: KnownTarget,
  { uid }: Caller,
  expanding: Expanding,
): Promise<ResolvedTargets> {
  leaveLostDirectory();
  const { targets, errors } = await lookAt(place, expanding);
  const bounds = await boundsOf(place.bounds, expanding.match);
  const own = {
    forgiven: FORGIVEN,
    ...(uid === ROOT ? {} : { forgivenBelow: FORGIVEN_BELOW }),
    ...(bounds === null ? {} : { bounds }),
  };
  return {
    targets: targets.flatMap((target): Target[] => {
      if (target.kind === 'tree') return [{ ...target, ...own }];
      return target.kind === 'none' && target.status === 'interrupted' ? [target] : [];
    }),
    errors: errors.filter(({ code }) => !FORGIVEN.includes(code)),
  };
}

/** The bounds as a scan knows them; `null`: there are none. A leftover itself is never excluded by them. */
async function boundsOf(
  { maxDepth, exclude }: WorkDirBounds,
  match: NameMatcher,
): Promise<TargetBounds | null> {
  if (exclude.length === 0) return maxDepth === null ? null : { maxDepth, excludes: null };
  const { pathMatcher } = await import('./path-matcher.ts');
  const matchers = exclude.map((glob) => pathMatcher(glob));
  return {
    maxDepth,
    excludes: (path) =>
      matchers.some((matches) => matches(path)) && match(encode(posix.basename(path))) === undefined,
  };
}

async function lookAt({ base, glob, bounds }: KnownTarget, expanding: Expanding): Promise<ResolvedTargets> {
  if (glob === null) return lookAtPath(base, expanding);
  const { escapeGlob, expandGlob, startGlobs } = await import('./expand-glob.ts');
  const text = `${escapeGlob(base)}${glob}`;
  const starts = startGlobs(text, expanding) ?? [];
  return expandGlob(text, starts, { ...expanding, crossDevice: expanding.crossDevice || bounds.mounts });
}

/**
 * Resolves a literal path. If the environment leads to a forbidden place, it is skipped, as a glob's match
 * is.
 */
function lookAtPath(text: string, expanding: Expanding): ResolvedTargets {
  const target = resolveTarget(text, expanding);
  const errors = target.kind === 'none' && target.error !== null ? [target.error] : [];
  return { targets: [target], errors: errors.filter(({ code }) => code !== 'forbidden') };
}

/**
 * Lifts the bounds of known places that lie in a target somebody wrote: it is meant to be swept whole, and
 * its scan leaves them to these.
 */
export function liftBoundsIn(written: readonly Target[], known: readonly Target[]): readonly Target[] {
  const trees = written.flatMap((target) => (target.kind === 'tree' ? [`${target.resolved}/`] : []));
  return known.map((target) => {
    if (target.kind !== 'tree' || target.bounds === undefined) return target;
    const { bounds, ...whole } = target;
    return trees.some((tree) => target.resolved.startsWith(tree)) ? whole : target;
  });
}
