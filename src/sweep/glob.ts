import fastGlob from 'fast-glob';
import { encode } from '../bytes.ts';
import { errnoOf } from '../errno.ts';
import type { Bytes, SweepError } from '../model.ts';

/** What a glob matched, and what it could not look at on the way. */
export interface GlobMatches {
  readonly paths: readonly Bytes[];
  readonly errors: readonly SweepError[];
}

const OPTIONS = {
  onlyDirectories: true,
  dot: true,
  followSymbolicLinks: false,
  ignore: ['/proc/**', '/sys/**', '/dev/!(shm)/**'],
};

/**
 * The directories that a glob names, in fast-glob's syntax: dot directories match, links are not followed, kernel
 * file systems are not walked. `null`: the text is no glob.
 */
export async function expandGlob(text: string): Promise<GlobMatches | null> {
  if (!fastGlob.isDynamicPattern(text)) return null;
  const { found, errors } = await matchDirectories(text);
  const lost = found
    .filter(isGarbled)
    .map((path) => ({ path: encode(path), code: 'EILSEQ', syscall: 'readdir' }));
  const paths = found.filter((path) => !isGarbled(path)).sort();
  return { paths: paths.map(encode), errors: [...errors, ...lost] };
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

/** fast-glob decodes names as UTF-8, and what held other bytes cannot be found again: give its parent as the target. */
function isGarbled(path: string): boolean {
  return path.includes('\uFFFD');
}
