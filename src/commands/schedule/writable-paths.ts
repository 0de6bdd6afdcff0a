import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import fastGlob from 'fast-glob';
import { KNOWN_WORK_DIRS } from '../../criu/work-dirs.ts';
import { encode } from '../../linux/bytes.ts';
import { normalPath } from '../../request/forbidden.ts';
import type { NameMatcher } from '../../sweep/names.ts';

/** A directory that a scheduled sweep must be able to write to. */
export interface WritablePath {
  /** Absolute and normal, without a slash at its end. */
  readonly path: string;
  /** `target`: named, or what a glob begins with. `known`: of `--known`, and rarely all there. `output`: of a report. */
  readonly of: 'target' | 'known' | 'output';
}

/** The input of {@link writablePaths}. */
export interface WrittenPaths {
  /** Directories and globs, absolute. */
  readonly targets: readonly string[];
  readonly known: boolean;
  /** Files. */
  readonly outputs: readonly string[];
  readonly match: NameMatcher;
}

/**
 * The directories that must be writable, none of them below another: systemd makes a mount of each, and a sweep of
 * the upper one would not enter the lower.
 */
export function writablePaths({ targets, known, outputs, match }: WrittenPaths): WritablePath[] {
  const paths: WritablePath[] = [
    ...targets.flatMap(basesOf).map((path) => ({ path: aboveLeftover(path, match), of: 'target' as const })),
    ...(known ? knownBases() : []).map((path) => ({ path, of: 'known' as const })),
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
  return fastGlob.generateTasks(target).map(({ base }) => normalPath(base));
}

function knownBases(): string[] {
  return KNOWN_WORK_DIRS.flatMap(({ target }) => (target === null ? [] : basesOf(target)));
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
