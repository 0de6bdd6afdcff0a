import type { Bytes } from '../model/model.ts';

/** A version of CRIU as it writes it itself: `X.Y[.Z][.extra]`. */
export interface Version {
  /** As written, `3.16.1`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** The Z of X.Y.Z; 0 where there is none. */
  readonly sublevel: number;
  /** Whatever follows the numbers (`-rc2`, `.dev`); empty for a release. */
  readonly extra: string;
  /** What git called the build; `null` for a build from a release's tarball. */
  readonly gitId: string | null;
}

// Digits are bounded so that no rubbish becomes a number that is not exact.
const VERSION =
  /^Version:[ \t]{0,8}((\d{1,4})\.(\d{1,4})(?!\d)(?:\.(\d{1,4})(?!\d)|(?!\.\d))([.~+-]?[\w.~+-]{0,64}))(?![\w.])/m;
const GIT_ID = /^GitID:[ \t]*(\S{1,128})|\(gitid ([^\s)]{1,128})\)/m;

/** How much of the output is looked at, in characters: the answer stands at its beginning. */
const LOOKED_AT = 4096;

/**
 * The version that `criu --version` prints (`Version: 3.17.1`, and `GitID: …` where it was built from git) or that
 * stands near the top of a log (`Version: 3.17.1 (gitid 0)`).
 *
 * @param text the output, or the log line without its prefix; only the first 4,096 characters are looked at
 * @returns `null` where no version can be read out of it; never throws
 * @see criu/crtools.c and print_versions() in criu/log.c; `gitid 0` is what a build without git writes
 */
export function parseVersion(text: Bytes): Version | null {
  const head = text.slice(0, LOOKED_AT);
  const found = VERSION.exec(head);
  if (found === null) return null;
  const [, written = '', major = '', minor = '', sublevel = '0', extra = ''] = found;
  const git = GIT_ID.exec(head);
  const gitId = git?.[1] ?? git?.[2] ?? '0';
  return {
    text: written,
    major: Number(major),
    minor: Number(minor),
    sublevel: Number(sublevel),
    extra,
    gitId: gitId === '0' ? null : gitId,
  };
}

/** Negative, 0 or positive, as for `Array.prototype.sort`: by the three numbers, which alone order releases. */
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
 * Whether this version leaves one empty directory at every dump and pre-dump: 3.16 up to, not including, 3.17.
 *
 * @returns `null` where the version is not known
 */
export function affected(version: Numbers | null): boolean | null {
  if (version === null) return null;
  return compareVersions(version, FIRST_LEAKING) >= 0 && compareVersions(version, FIRST_FIXED) < 0;
}
