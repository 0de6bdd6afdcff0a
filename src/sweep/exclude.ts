/**
 * Tells whether a path below the target is excluded by one of these globs, in fast-glob's syntax and by its own
 * matcher; names that begin with a dot match as others do. `null`: there are no globs, and the matcher is not loaded.
 */
export async function excludeMatcher(
  globs: readonly string[],
): Promise<((pathBelowTarget: string) => boolean) | null> {
  if (globs.length === 0) return null;
  const { default: micromatch } = await import('micromatch');
  const matchers = globs.map((glob) => micromatch.matcher(glob, { dot: true }));
  return (path) => matchers.some((matches) => matches(path));
}
