import { CATALOGUE, MKDTEMP_MODE } from '../criu/catalogue.ts';
import { encode } from '../linux/bytes.ts';
import { childProcess } from '../linux/lazy-builtins.ts';
import type { Kind, Policy } from '../model/model.ts';
import { UsageError } from '../model/usage-error.ts';
import { parseDuration } from './duration.ts';

const LARGEST_UID = 4_294_967_294;
const LONGEST_NAME = 255;

/** Parses the value of `--mode`: twelve bits, or `any`. @throws UsageError */
export function parseMode(text: string): number | 'any' {
  if (text === 'any') return text;
  if (!/^(0o)?[0-7]{1,4}$/.test(text))
    throw new UsageError(`--mode: '${text}' is not a mode: write up to four octal digits, like 0700, or any`);
  return Number.parseInt(text.replace('0o', ''), 8);
}

/** Parses the value of `--max-depth`: 1 or more. @throws UsageError */
export function parseMaxDepth(text: string): number {
  const depth = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (depth < 1)
    throw new UsageError(
      `--max-depth: '${text}' is not a depth: write 1 for the target's own entries, or more`,
    );
  return depth;
}

const MOST_REMOVALS = Number.MAX_SAFE_INTEGER;

/** Parses the value of `--max-removals`: 1 or more. @throws UsageError */
export function parseMaxRemovals(text: string): number {
  const removals = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (removals < 1 || removals > MOST_REMOVALS)
    throw new UsageError(
      `--max-removals: '${text}' is not a number of removals: write 1 or more (-n removes nothing)`,
    );
  return removals;
}

/** Parses the value of `--prefix` into the bytes that a name begins with. @throws UsageError */
export function parsePrefix(text: string): string {
  if (text === '')
    throw new UsageError("--prefix: is empty: write what the names begin with, like '.criu.mntns.'");
  if (text.includes('/'))
    throw new UsageError(
      `--prefix: '${text}' contains a slash: a name has none; give the directory as a target`,
    );
  const [glob] = /[*?[]/.exec(text) ?? [];
  if (glob !== undefined)
    throw new UsageError(
      `--prefix: '${text}' is no glob, and '${glob}' would be taken literally: write only what the names begin with, like '.criu.mntns.'`,
    );
  if (Buffer.byteLength(text) + 6 > LONGEST_NAME)
    throw new UsageError(
      `--prefix: '${text}' is longer than a name can be (${LONGEST_NAME} bytes with its suffix)`,
    );
  return text;
}

/** Parses the value of `--exclude`. @throws UsageError */
export function parseExclude(text: string): string {
  const pattern = text.replace(/(?<=.)\/+$/, '');
  if (pattern === '')
    throw new UsageError("--exclude: is empty: write a glob of paths below the target, like '**/cache'");
  if (pattern.startsWith('/'))
    throw new UsageError(
      `--exclude: '${text}' begins with a slash: it is matched against the path below the target`,
    );
  if (pattern.split('/').includes('..'))
    throw new UsageError(
      `--exclude: '${text}' has '..', which no path below the target has: it would exclude nothing`,
    );
  return pattern;
}

/** Parses the value of `--owner`: a uid, or `any`. Names are looked up through NSS. @throws UsageError */
export function parseOwner(text: string): number | 'any' {
  if (text === 'any') return text;
  const uid = /^\d+$/.test(text) ? Number(text) : uidOf(text);
  if (uid === null)
    throw new UsageError(`--owner: '${text}' is no user here: write a user's name, a uid, or any`);
  if (uid > LARGEST_UID)
    throw new UsageError(`--owner: ${text} is larger than a uid can be (${LARGEST_UID})`);
  return uid;
}

/** The uid of a name. Node has no getpwnam(3), but id(1) asks NSS. */
function uidOf(name: string): number | null {
  try {
    const printed = childProcess().execFileSync('id', ['-u', '--', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /^\d+\n$/.test(printed) ? Number(printed) : null;
  } catch {
    return null;
  }
}

/**
 * The kinds to look for: those of the catalogue, or the caller's prefixes instead. A prefix in the catalogue
 * keeps what the catalogue says of it.
 *
 * @param mode the one mode that a leftover must have, or any; `undefined`: the catalogue's
 */
export function chooseKinds(
  catalogue: readonly Kind[],
  prefixes: readonly string[],
  mode: number | 'any' | undefined,
): readonly Kind[] {
  const known = new Map(catalogue.map((kind) => [kind.prefix, kind]));
  const chosen = [...new Set(prefixes.map(encode))].map(
    (prefix) => known.get(prefix) ?? { prefix, modes: [MKDTEMP_MODE], mountable: false },
  );
  const kinds = chosen.length > 0 ? chosen : catalogue;
  if (mode === undefined) return kinds;
  return kinds.map((kind) => ({ ...kind, modes: mode === 'any' ? null : [mode] }));
}

/** The default of `--older-than`. */
export const DEFAULT_AGE = '1h';
export const DEFAULT_AGE_MS = parseDuration(DEFAULT_AGE, '--older-than');

/** The policy of a sweep without options. @param uid the effective user's */
export function defaultPolicy(uid: number): Policy {
  return {
    kinds: CATALOGUE,
    olderThanMs: DEFAULT_AGE_MS,
    ageBy: 'mtime',
    owner: uid,
    mode: MKDTEMP_MODE,
    maxDepth: null,
    crossDevice: false,
    exclude: [],
  };
}
