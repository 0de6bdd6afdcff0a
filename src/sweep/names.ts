import type { Bytes, Kind } from '../model/model.ts';

/** mkdtemp(3) replaces the six X of its template with characters of this set (glibc sysdeps/posix/tempname.c). */
const SUFFIX = /^[A-Za-z0-9]{6}$/;
const SUFFIX_LENGTH = 6;

/** Tells which of the kinds a name belongs to, if any: its prefix and exactly six characters of `[A-Za-z0-9]`. */
export type NameMatcher = (name: Bytes) => Kind | undefined;

/** A matcher for these kinds. Prefixes of which one begins another do not get in each other's way. */
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
