import micromatch from 'micromatch';
import { PathPattern, type Progress, segmentsOf, spansNames } from './glob-pattern.ts';
import { micromatchMatcher } from './glob-segment.ts';

/**
 * Returns a matcher of directories' paths for one glob. It matches as fast-glob does with micromatch, dot names too, but
 * name by name. So the cost for a path of any length is at most its length times the glob's, and `**` and `*` match
 * every character.
 *
 * @throws RangeError or SyntaxError for a glob that micromatch cannot expand
 */
export function pathMatcher(glob: string): (path: string) => boolean {
  const { negated, body } = readNegation(glob);
  const matchers = micromatch
    .braces(body, { expand: true, nodupes: true, keepEscaping: true })
    // A pattern that spans names, like `@(a/b|c)`, matches whole paths.
    .map((pattern) => (spansNames(pattern) ? wholePath(pattern) : nameByName(pattern)));
  return (path) => path === glob || matchers.some((matches) => matches(path)) !== negated;
}

/** Reads the `!` at the beginning. Each one negates, except the one of an extglob. */
function readNegation(glob: string): { negated: boolean; body: string } {
  const marks = /^(?:!(?!\((?!\?)))*/.exec(glob)?.[0].length ?? 0;
  return { negated: marks % 2 === 1, body: glob.slice(marks) };
}

function nameByName(pattern: string): (path: string) => boolean {
  const way = new PathPattern([segmentsOf(pattern)]);
  const course = new Course(way);
  return (path) => way.accepts(course.at(path));
}

/**
 * A slash at the end is a directory's, and each path is one: it says nothing, as between names.
 * A final `**` matches no name as well: micromatch asks for one behind a star, but fast-glob gives it a directory's path
 * with a slash at its end, too (_isMatchToPatterns in its EntryFilter).
 */
function wholePath(pattern: string): (path: string) => boolean {
  const wanted = pattern.replace(/\/+$/, '');
  const matches = micromatchMatcher(wanted);
  return wanted.endsWith('/**') ? (path) => matches(path) || matches(`${path}/`) : matches;
}

/** The progress of each part of the last path in a pattern. Most paths are beside the last one or in it. */
class Course {
  readonly #pattern: PathPattern;
  #path = '';
  /** For each leading part of `#path`: where it ends, and its progress. */
  readonly #parts: { readonly end: number; readonly progress: Progress }[] = [];

  constructor(pattern: PathPattern) {
    this.#pattern = pattern;
  }

  /** The progress of a path. Only its directory is remembered. */
  at(path: string): Progress {
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? this.#pattern.start : this.#directory(path.slice(0, slash));
    return this.#pattern.step(parent, path.slice(slash + 1));
  }

  #directory(path: string): Progress {
    let last = this.#parts.at(-1);
    while (last !== undefined && !this.#begins(path, last.end)) {
      this.#parts.pop();
      last = this.#parts.at(-1);
    }
    this.#path = path;
    let progress = last?.progress ?? this.#pattern.start;
    let begin = last === undefined ? 0 : last.end + 1;
    while (begin < path.length) {
      const slash = path.indexOf('/', begin);
      const end = slash < 0 ? path.length : slash;
      progress = this.#pattern.step(progress, path.slice(begin, end));
      this.#parts.push({ end, progress });
      begin = end + 1;
    }
    return progress;
  }

  #begins(path: string, end: number): boolean {
    return (path.length === end || path[end] === '/') && path.startsWith(this.#path.slice(0, end));
  }
}
