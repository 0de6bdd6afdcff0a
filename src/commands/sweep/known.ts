import { homedir } from 'node:os';
import { toText } from '../../bytes.ts';
import { type Caller, KNOWN_WORK_DIRS, knownTargets } from '../../criu/work-dirs.ts';
import type { SweepError } from '../../model.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import { type ResolvedTargets, resolveTargets } from '../../sweep/resolve-targets.ts';
import { UsageError } from '../../usage-error.ts';

/** The environment, as far as it says where this user's containers are. */
export interface KnownEnvironment {
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** What is no failure of a place that nobody named: it is not there, it has gone meanwhile, or it is closed to us. */
const FORGIVEN = ['ENOENT', 'ENOTDIR', 'EACCES'];

/** Who asks for known work dirs. @param uid effective */
export function callerOf(uid: number, env: KnownEnvironment): Caller {
  return { uid, home: homedir(), env: { XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR } };
}

/** Resolves what `--known` stands for: of the known work dirs those that exist and are open to us. */
export async function resolveKnown(caller: Caller, match: NameMatcher): Promise<ResolvedTargets> {
  const resolved = [];
  for (const text of knownTargets(caller)) resolved.push(await resolveKnownTarget(text, match));
  return {
    targets: resolved.flatMap(({ targets }) => targets),
    errors: resolved.flatMap(({ errors }) => errors),
  };
}

/** One known work dir, which may be a glob of many; no targets where nothing of it exists here. */
export async function resolveKnownTarget(text: string, match: NameMatcher): Promise<ResolvedTargets> {
  const { paths, errors } = await pathsOf(text);
  const targets = [];
  for (const path of paths) {
    for (const target of await resolveQuietly(path, match)) {
      if (target.plan === 'tree') targets.push({ ...target, forgiven: FORGIVEN });
    }
  }
  return { targets, errors };
}

async function pathsOf(text: string): Promise<{ paths: readonly string[]; errors: readonly SweepError[] }> {
  // The user's own directories are meant literally, also where they contain glob characters.
  if (!KNOWN_WORK_DIRS.some(({ target }) => target === text)) return { paths: [text], errors: [] };
  const { expandGlob } = await import('../../sweep/glob.ts');
  const matches = await expandGlob(text);
  if (matches === null) return { paths: [text], errors: [] };
  return {
    paths: matches.paths.map(toText),
    errors: matches.errors.filter(({ code }) => !FORGIVEN.includes(code)),
  };
}

/** An environment that leads to where nothing is ever swept is passed over, as a glob's match there is. */
async function resolveQuietly(path: string, match: NameMatcher): Promise<ResolvedTargets['targets']> {
  try {
    return (await resolveTargets([path], match)).targets;
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
