import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import fastGlob from 'fast-glob';
import type { KnownTarget } from '../../criu/known-targets.ts';
import { encode } from '../../linux/bytes.ts';
import { normalPath } from '../../request/forbidden.ts';
import { takingApart } from '../../request/glob-mistake.ts';
import type { NameMatcher } from '../../sweep/names.ts';

/** A directory that a scheduled sweep must be able to write to. */
export interface WritablePath {
  /** Absolute and normal, without a slash at its end. */
  readonly path: string;
  /**
   * `target`: named, or a glob's base. `known`: of `--known`; most do not exist. `output`: a report's
   * directory.
   */
  readonly of: 'target' | 'known' | 'output';
}

/** The input of {@link writablePaths}. */
export interface WrittenPaths {
  /** Directories and globs, absolute. */
  readonly targets: readonly string[];
  /** Of `--known`; none without it. */
  readonly known: readonly KnownTarget[];
  /** Files. */
  readonly outputs: readonly string[];
  readonly match: NameMatcher;
}

/**
 * The directories that must be writable, none of them below another. systemd makes a mount of each, and a
 * sweep does not enter a mount.
 */
export function writablePaths({ targets, known, outputs, match }: WrittenPaths): WritablePath[] {
  const paths: WritablePath[] = [
    ...targets.flatMap(basesOf).map((path) => ({ path: aboveLeftover(path, match), of: 'target' as const })),
    ...known.flatMap(knownBases).map((path) => ({ path, of: 'known' as const })),
    ...outputs
      .filter(isNoDevice)
      .map((path) => ({ path: posix.dirname(normalPath(path)), of: 'output' as const })),
  ];
  return paths.filter(
    (one, at) => !paths.some((other, otherAt) => covers(other.path, one.path, otherAt < at)),
  );
}

/** A directory itself, or those in which all matches of a glob lie. */
export function basesOf(target: string): string[] {
  if (target === '' || existsSync(target) || !fastGlob.isDynamicPattern(target)) return [normalPath(target)];
  return takingApart(target, 'several targets', () => fastGlob.generateTasks(target)).map(({ base }) =>
    normalPath(base),
  );
}

/** The directory itself, or what comes before the first wildcard. */
function knownBases({ base, glob }: KnownTarget): string[] {
  return glob === null ? [base] : basesOf(glob).map((below) => normalPath(base + below));
}

/**
 * The directory above a leftover; any other path as it is. To remove a directory is to write to the one
 * above; as a mount point of its own it could not be removed.
 */
function aboveLeftover(path: string, match: NameMatcher): string {
  return match(encode(posix.basename(path))) === undefined ? path : posix.dirname(path);
}

function isNoDevice(path: string): boolean {
  return !path.startsWith('/dev/') && !path.startsWith('/proc/');
}

/** Whether `above` makes `path` needless; of two that are the same the earlier does. */
function covers(above: string, path: string, earlier: boolean): boolean {
  if (above === path) return earlier;
  return path.startsWith(above === '/' ? '/' : `${above}/`);
}
