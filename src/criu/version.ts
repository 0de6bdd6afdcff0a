import { asBytes } from '../linux/bytes.ts';
import type { Bytes } from '../model/model.ts';

/** A version of CRIU as it writes it itself: `X.Y[.Z][.extra]`. */
export interface Version {
  /** As written, `3.16.1`. */
  readonly text: Bytes;
  readonly major: number;
  readonly minor: number;
  /** The Z of X.Y.Z; 0 where there is none. */
  readonly sublevel: number;
  /** The rest after the numbers (`-rc2`, `.dev`); empty for a release. */
  readonly extra: string;
  /** The git ID of the build; `null` for a build from a release's tarball. */
  readonly gitId: string | null;
}

// The number of digits is bounded, so that every number is exact.
const VERSION =
  /^Version:[ \t]{0,8}((\d{1,4})\.(\d{1,4})(?!\d)(?:\.(\d{1,4})(?!\d)|(?!\.\d))([.~+-]?[\w.~+-]{0,64}))(?![\w.])/m;
const GIT_ID = /^GitID:[ \t]*(\S{1,128})|\(gitid ([^\s)]{1,128})\)/m;

/** Characters of the output that are looked at: the answer is at its beginning. */
const LOOKED_AT = 4096;

/**
 * Reads the version that `criu --version` prints (`Version: 3.17.1`, and `GitID: …` if it was built from
 * git), or that is near the top of a log (`Version: 3.17.1 (gitid 0)`).
 *
 * @param text the output, or the log line without its prefix; only the first 4,096 characters are looked at
 * @returns `null` if no version can be read out of it; never throws
 *
 * @see criu/crtools.c and print_versions() in criu/log.c; a build without git writes `gitid 0`
 */
export function parseVersion(text: Bytes): Version | null {
  const head = text.slice(0, LOOKED_AT);
  const found = VERSION.exec(head);
  if (found === null) return null;
  const [, written = '', major = '', minor = '', sublevel = '0', extra = ''] = found;
  const git = GIT_ID.exec(head);
  const gitId = git?.[1] ?? git?.[2] ?? '0';
  return {
    text: asBytes(written),
    major: Number(major),
    minor: Number(minor),
    sublevel: Number(sublevel),
    extra,
    gitId: gitId === '0' ? null : gitId,
  };
}

/**
 * Compares versions: negative, 0 or positive, as for `Array.prototype.sort`. Only the three numbers count,
 * which alone order releases.
 */
export function compareVersions(a: Numbers, b: Numbers): number {
  return a.major - b.major || a.minor - b.minor || a.sublevel - b.sublevel;
}

type Numbers = Pick<Version, 'major' | 'minor' | 'sublevel'>;

/**
 * The first release that makes `.criu.temp-aa-policy.*`, and the first whose rmrf() also removes the
 * directory itself: commits 0db135ac4 and c750e62ca of checkpoint-restore/criu.
 */
const FIRST_LEAKING: Numbers = { major: 3, minor: 16, sublevel: 0 };
const FIRST_FIXED: Numbers = { major: 3, minor: 17, sublevel: 0 };

/**
 * The number of builds from git that may have the leak: it came 307 commits after v3.15, which is the tag
 * before.
 */
const FIRST_MAYBE: Numbers = { major: 3, minor: 15, sublevel: 0 };

/**
 * A distribution's revision of a release: `-2`, `-2ubuntu1`, `+dfsg`. Others (`-crac`, `.dev`) are other
 * sources.
 */
const REVISION = /^(?:|[-+~]\d.*|\+dfsg.*)$/;

/**
 * Whether this version leaves one empty directory at every dump and pre-dump: from 3.16 to before 3.17. A
 * build from git keeps the number of the last tag: one that calls itself 3.15 can have the leak, and one that
 * calls itself 3.16.1 the fix (27 commits later).
 *
 * @returns `null` if the version is not known, or its number does not tell
 */
export function affected(version: Version | null): boolean | null {
  if (version === null) return null;
  if (compareVersions(version, FIRST_MAYBE) < 0 || compareVersions(version, FIRST_FIXED) >= 0) return false;
  if (!isRelease(version)) return null;
  return compareVersions(version, FIRST_LEAKING) >= 0;
}

/**
 * Whether it was built from the sources of a release: from its tarball, or from the commit that its tag
 * names.
 */
function isRelease({ major, minor, sublevel, extra, gitId }: Version): boolean {
  const number = sublevel === 0 ? `${major}.${minor}` : `${major}.${minor}.${sublevel}`;
  return REVISION.test(extra) && (gitId === null || gitId === `v${number}`);
}

/** Whether this version is too old to make `.criu.temp-aa-policy.*`, which come with the leak. */
export function isBeforePolicies(version: Version): boolean {
  return affected(version) === false && compareVersions(version, FIRST_LEAKING) < 0;
}
