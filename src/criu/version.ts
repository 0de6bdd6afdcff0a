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
 * The first release that makes `.criu.temp-aa-policy.*`, and the first whose rmrf() also removes the directory
 * itself: commits 0db135ac4 and c750e62ca of checkpoint-restore/criu.
 */
export const FIRST_LEAKING: Numbers = { major: 3, minor: 16, sublevel: 0 };
export const FIRST_FIXED: Numbers = { major: 3, minor: 17, sublevel: 0 };

/**
 * Whether this version leaves one empty directory at every dump and pre-dump: from 3.16 to before 3.17.
 *
 * @returns `null` if the version is not known
 */
export function affected(version: Numbers | null): boolean | null {
  if (version === null) return null;
  return compareVersions(version, FIRST_LEAKING) >= 0 && compareVersions(version, FIRST_FIXED) < 0;
}
