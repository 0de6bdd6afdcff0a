import { homedir } from 'node:os';
import { type Caller, KNOWN_WORK_DIRS, knownTargets } from '../criu/work-dirs.ts';
import { assertErrno } from '../linux/errno.ts';
import type { Target } from '../sweep/targets.ts';
import { resolveTarget } from './resolve-target.ts';
import { type Expanding, leaveLostDirectory, type ResolvedTargets } from './resolve-targets.ts';

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

/** Resolves `--known`: those of the known work dirs that exist and are open to us. */
export async function resolveKnown(caller: Caller, expanding: Expanding): Promise<ResolvedTargets> {
  const targets: Target[] = [];
  const errors = [];
  for (const text of knownTargets(caller)) {
    const known = await resolveKnownTarget(text, caller, expanding);
    for (const target of known.targets) targets.push(target);
    errors.push(...known.errors);
    if (expanding.interrupted()) break;
  }
  return { targets, errors };
}

/** Resolves one known work dir, which may be a glob of many. No targets if none of it exists here. */
export async function resolveKnownTarget(
  text: string,
  { uid }: Caller,
  expanding: Expanding,
): Promise<ResolvedTargets> {
  leaveLostDirectory();
  const { targets, errors } = await lookAt(text, expanding);
  const forgiven = { forgiven: FORGIVEN, ...(uid === ROOT ? {} : { forgivenBelow: FORGIVEN_BELOW }) };
  return {
    targets: targets.flatMap((target): Target[] => {
      if (target.kind === 'tree') return [{ ...target, ...forgiven }];
      return target.kind === 'none' && target.status === 'interrupted' ? [target] : [];
    }),
    errors: errors.filter(({ code }) => !FORGIVEN.includes(code)),
  };
}

async function lookAt(text: string, expanding: Expanding): Promise<ResolvedTargets> {
  // The user's own directories are taken literally, even with glob characters in them.
  const isOurs = KNOWN_WORK_DIRS.some(({ target }) => target === text);
  if (!isOurs || !text.includes('*')) return lookAtPath(text, expanding);
  const { expandGlob, startGlobs } = await import('./expand-glob.ts');
  const starts = startGlobs(text, expanding);
  if (starts === null) return lookAtPath(text, expanding);
  // A storage pool or a container's directory may be a file system of its own.
  return expandGlob(text, starts, { ...expanding, crossDevice: true });
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
