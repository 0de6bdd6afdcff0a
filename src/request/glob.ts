import fastGlob from 'fast-glob';
import { UsageError } from '../model/usage-error.ts';
import { takingApart } from './glob-mistake.ts';
import { hasSlashInGroup, PathPattern, segmentsOf } from './glob-pattern.ts';
import { parseSegment } from './glob-segment.ts';

/** A part of a glob that begins in one directory. */
export interface GlobTask {
  /**
   * The leading names without a wildcard, as they were written; there may be links among them. Empty: the
   * working directory.
   */
  readonly base: string;
  /**
   * Whether there is no wildcard at all, as in a part of `{/a/b,/c}`: it names a directory, which may be a
   * mount point.
   */
  readonly literal: boolean;
  /** The pattern of paths below `base`. */
  readonly wanted: PathPattern;
  /** The pattern of paths, `base` included, that are left out with all below them. */
  readonly unwanted: PathPattern;
}

/** Limit of the parts of a glob: far more than anybody means, and each is a walk of its own. */
const MOST_TASKS = 10_000;

/**
 * Parses a glob with fast-glob's own parser (braces, negation, extglobs, escapes); `null`: the text is no
 * glob. We walk the directories ourselves: fast-glob reads each by a path joined from names, which others can
 * exchange, keeps all that it finds, and knows nothing of mounts.
 *
 * @throws UsageError for a glob that cannot be expanded, for `..` where a name is matched, and for a slash within
 * parentheses or brackets, behind which names cannot be matched one by one
 */
export function parseGlob(text: string): readonly GlobTask[] | null {
  if (!fastGlob.isDynamicPattern(text)) return null;
  return takingApart(text, 'several targets', () => tasksOf(text));
}

function tasksOf(text: string): readonly GlobTask[] {
  const groups = fastGlob.generateTasks(text);
  if (groups.some(({ patterns }) => patterns.some(hasSlashInGroup)))
    throw new UsageError(
      `${text}: has a slash within parentheses or brackets: write braces, like {a/b,c}, or several targets`,
    );
  const negative = new Set(groups.flatMap((group) => group.negative));
  const unwanted = new PathPattern([...negative].map(segmentsOf));
  const tasks = new Map<string, { base: string; literal: boolean; alternatives: (readonly string[])[] }>();
  for (const pattern of new Set(groups.flatMap((group) => group.positive))) {
    const { base, literal, segments } = split(pattern);
    const dots = segments.find(isDots);
    if (dots !== undefined)
      throw new UsageError(
        `${text}: '${dots}' is no name that a glob matches: write the directory that it means`,
      );
    if (segments.length === 0) continue;
    const key = `${literal} ${base}`;
    const task = tasks.get(key) ?? { base, literal, alternatives: [] };
    task.alternatives.push(segments);
    tasks.set(key, task);
  }
  if (tasks.size > MOST_TASKS)
    throw new UsageError(`${text}: begins in ${tasks.size} directories: write fewer in one target`);
  return [...tasks.values()].map(({ base, literal, alternatives }) => {
    return { base, literal, wanted: new PathPattern(alternatives), unwanted };
  });
}

/** Whether a segment is `.` or `..` and nothing else, also where it is written with a backslash. */
function isDots(text: string): boolean {
  const segment = parseSegment(text);
  return segment.kind === 'name' && (segment.literal === '.' || segment.literal === '..');
}

/**
 * Splits a pattern into its base and the segments below. The last name always stays below, because a link
 * there is not followed.
 */
function split(pattern: string): { base: string; literal: boolean; segments: readonly string[] } {
  const segments = segmentsOf(pattern);
  const names: string[] = [];
  for (const segment of segments) {
    const parsed = parseSegment(segment);
    if (parsed.kind === 'globstar' || parsed.literal === null) break;
    names.push(parsed.literal);
  }
  const literal = names.length === segments.length;
  if (literal) names.pop();
  const base = `${pattern.startsWith('/') ? '/' : ''}${names.join('/')}`;
  return { base, literal, segments: segments.slice(names.length) };
}
