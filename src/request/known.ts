import { homedir } from 'node:os';
import { type Caller, KNOWN_WORK_DIRS, knownTargets } from '../criu/work-dirs.ts';
import { errnoOf } from '../linux/errno.ts';
import type { Target } from '../sweep/targets.ts';
import { resolveTarget } from './resolve-target.ts';
import { type Expanding, leaveLostDirectory, type ResolvedTargets } from './resolve-targets.ts';

/** The environment, as far as it says where this user's containers are. */
export interface KnownEnvironment {
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** What is no failure of a place that nobody named: it is not there, it has gone meanwhile, or it is closed to us. */
const FORGIVEN = ['ENOENT', 'ENOTDIR', 'EACCES'];

/** What is no failure below it for a user, who may not read all of /tmp; root may. */
const FORGIVEN_BELOW = ['EACCES'];
const ROOT = 0;

/** Who asks for known work dirs. @param uid effective */
export function callerOf(uid: number, env: KnownEnvironment): Caller {
  return { uid, home: homeDirectory(), env: { XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR } };
}

/** `undefined` where neither HOME nor a passwd entry names one (ENOENT of getpwuid_r(3)), or that cannot be told. */
function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch (error) {
    // Node throws a SystemError of uv_os_homedir here, which has an errno as those of files have.
    errnoOf(error);
    return undefined;
  }
}

/** Resolves what `--known` stands for: of the known work dirs those that exist and are open to us. */
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

/** One known work dir, which may be a glob of many; no targets where nothing of it exists here. */
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
      if (target.plan === 'tree') return [{ ...target, ...forgiven }];
      return target.plan === 'none' && target.status === 'interrupted' ? [target] : [];
    }),
    errors: errors.filter(({ code }) => !FORGIVEN.includes(code)),
  };
}

async function lookAt(text: string, expanding: Expanding): Promise<ResolvedTargets> {
  // The user's own directories are meant literally, also where they contain glob characters.
  const isOurs = KNOWN_WORK_DIRS.some(({ target }) => target === text);
  if (!isOurs || !text.includes('*')) return lookAtPath(text, expanding);
  const { expandGlob, startGlobs } = await import('./expand-glob.ts');
  const starts = startGlobs(text, expanding);
  if (starts === null) return lookAtPath(text, expanding);
  // A storage pool, or a container's directory, may be a file system of its own.
  return expandGlob(text, starts, { ...expanding, crossDevice: true });
}

/** An environment that leads to where nothing is ever swept is passed over, as a glob's match there is. */
function lookAtPath(text: string, expanding: Expanding): ResolvedTargets {
  const target = resolveTarget(text, expanding);
  const errors = target.plan === 'none' && target.error !== null ? [target.error] : [];
  return { targets: [target], errors: errors.filter(({ code }) => code !== 'forbidden') };
}
