import { type Dirent, lstat, readdir, type Stats, stat } from 'node:fs';
import fastGlob from 'fast-glob';
import { encode, fsPath, toText } from '../bytes.ts';
import { type Errno, errnoOf } from '../errno.ts';
import type { Bytes, SweepError } from '../model.ts';

/** What a glob matched, and what it could not look at on the way. */
export interface GlobMatches {
  readonly paths: readonly Bytes[];
  readonly errors: readonly SweepError[];
}

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

function readNames(path: string, options: { withFileTypes: true }, callback: Callback<Dirent[]>): void;
function readNames(path: string, callback: Callback<string[]>): void;
function readNames(
  path: string,
  options: { withFileTypes: true } | Callback<string[]>,
  callback?: Callback<Dirent[]>,
): void {
  const bytes = fsPath(encode(path));
  if (typeof options === 'function') {
    readdir(bytes, 'latin1', (error, names) => options(error, (names ?? []).map(toText)));
    return;
  }
  readdir(bytes, { ...options, encoding: 'latin1' }, (error, entries) => {
    for (const entry of entries ?? []) entry.name = toText(entry.name);
    callback?.(error, entries);
  });
}

/** fast-glob's calls with names that are exact: left alone, Node makes U+FFFD of what is not UTF-8, and loses it. */
const EXACT_NAMES = {
  lstat: (path: string, callback: Callback<Stats>): void => lstat(fsPath(encode(path)), callback),
  stat: (path: string, callback: Callback<Stats>): void => stat(fsPath(encode(path)), callback),
  readdir: readNames,
};

const OPTIONS = {
  onlyDirectories: true,
  dot: true,
  followSymbolicLinks: false,
  ignore: ['/proc/**', '/sys/**', '/dev/!(shm)/**'],
  fs: EXACT_NAMES,
};

/**
 * The directories that a glob names, in fast-glob's syntax: dot directories match, links are not followed, kernel
 * file systems are not walked. `null`: the text is no glob.
 */
export async function expandGlob(text: string): Promise<GlobMatches | null> {
  const gone = lostWorkingDirectory();
  if (gone !== null) return { paths: [], errors: [{ path: encode(text), ...gone }] };
  if (!fastGlob.isDynamicPattern(text)) return null;
  const { found, errors } = await matchDirectories(text);
  return { paths: found.sort().map(encode), errors };
}

/** fast-glob asks for the working directory whatever the glob; where that was removed, there is no answer. */
function lostWorkingDirectory(): Errno | null {
  try {
    process.cwd();
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}

/** fast-glob ends at the first directory it cannot read, or passes over all of them; we say the first and go on. */
async function matchDirectories(text: string): Promise<{ found: string[]; errors: SweepError[] }> {
  try {
    return { found: await fastGlob(text, OPTIONS), errors: [] };
  } catch (error) {
    const path = error instanceof Error && 'path' in error ? String(error.path) : text;
    const found = await fastGlob(text, { ...OPTIONS, suppressErrors: true });
    return { found, errors: [{ path: encode(path), ...errnoOf(error) }] };
  }
}
