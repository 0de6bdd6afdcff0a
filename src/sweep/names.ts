import type { Bytes, Kind } from '../model/model.ts';

/**
 * The six characters that mkdtemp(3) puts in place of the X of its template (glibc sysdeps/posix/tempname.c).
 */
const SUFFIX = /^[A-Za-z0-9]{6}$/;
export const SUFFIX_LENGTH = 6;

/**
 * Returns the kind that a name belongs to, if any: its prefix and exactly six characters of `[A-Za-z0-9]`.
 */
export type NameMatcher = (name: Bytes) => Kind | undefined;

/** A matcher for these kinds. One prefix may be the beginning of another. */
export function nameMatcher(kinds: readonly Kind[]): NameMatcher {
  const byPrefix = new Map(kinds.map((kind) => [kind.prefix, kind]));
  const lengths = kinds.map((kind) => kind.prefix.length);
  const shortest = Math.min(...lengths) + SUFFIX_LENGTH;
  const longest = Math.max(...lengths) + SUFFIX_LENGTH;
  return (name) => {
    if (name.length < shortest || name.length > longest) return undefined;
    const kind = byPrefix.get(name.slice(0, -SUFFIX_LENGTH));
    return kind !== undefined && SUFFIX.test(name.slice(-SUFFIX_LENGTH)) ? kind : undefined;
  };
}
