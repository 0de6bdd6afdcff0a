import { takingApart } from './glob-mistake.ts';

type PathMatcher = (path: string) => boolean;

/**
 * A function that tells whether a path below the target is excluded by one of these globs. The syntax and the
 * matcher are fast-glob's; names that begin with a dot match like others. `null`: there are no globs, and the
 * matcher is not loaded.
 *
 * @throws UsageError for a glob that cannot be expanded, like `{1..5000}`
 */
export async function excludeMatcher(globs: readonly string[]): Promise<PathMatcher | null> {
  if (globs.length === 0) return null;
  const { pathMatcher } = await import('./path-matcher.ts');
  const matchers = globs.map((glob) =>
    takingApart(`--exclude: '${glob}'`, 'several --exclude', () => pathMatcher(glob)),
  );
  return (path) => matchers.some((matches) => matches(path));
}
