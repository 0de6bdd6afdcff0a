import { parseSegment, type Segment } from './glob-segment.ts';

/** A path's progress in a pattern: the segments that its next name may match. Empty: it cannot match. */
export type Progress = readonly number[];

/** The mark behind the last segment of an alternative. */
const END = null;

/**
 * Patterns with expanded braces, matched name by name. The work for one name depends only on the number of
 * segments, whatever names others make. A regular expression for the whole path would try all ways through
 * its `**`.
 */
export class PathPattern {
  readonly start: Progress;
  /** The segments of all alternatives, one after the other. */
  readonly #segments: (Segment | typeof END)[] = [];

  /** @param alternatives the segments of each @throws SyntaxError as micromatch does */
  constructor(alternatives: readonly (readonly string[])[]) {
    const starts: number[] = [];
    for (const segments of alternatives) {
      starts.push(this.#segments.length);
      for (const segment of segments) this.#segments.push(parseSegment(segment));
      this.#segments.push(END);
    }
    this.start = this.#closure(starts);
  }

  /** The progress one name further down. */
  step(from: Progress, name: string): Progress {
    const next: number[] = [];
    for (const at of from) {
      const segment = this.#segments[at];
      if (segment?.kind === 'globstar') next.push(at);
      if (segment?.kind === 'name' && segment.matches(name)) next.push(at + 1);
    }
    return this.#closure(next);
  }

  /** Whether a path with this progress matches. */
  accepts(at: Progress): boolean {
    return at.some((each) => this.#segments[each] === END);
  }

  /** Whether something below it may match. */
  leadsOn(at: Progress): boolean {
    return at.some((each) => this.#segments[each] !== END);
  }

  /** The only names that can come next; `null`: there may be others, so the directory has to be read. */
  onlyNames(at: Progress): readonly string[] | null {
    const names = new Set<string>();
    for (const each of at) {
      const segment = this.#segments[each];
      if (segment === undefined || segment === END) continue;
      if (segment.kind === 'globstar' || segment.literal === null) return null;
      names.add(segment.literal);
    }
    return [...names];
  }

  /** Adds the segments that come after a `**`, which may match no name at all. */
  #closure(positions: readonly number[]): Progress {
    const all = new Set(positions);
    for (const at of all) if (this.#segments[at]?.kind === 'globstar') all.add(at + 1);
    return [...all];
  }
}

/** The segments of a pattern. A `.`, or nothing between two slashes, is no segment. */
export function segmentsOf(pattern: string): string[] {
  return pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
}

/** Brackets that are closed before a slash; a `]` right at the beginning is one of their characters. */
const BRACKETS = /\[[!^]?\]?[^\]/]*\]/g;

/** Whether a slash is within parentheses or brackets, so that names cannot be matched one by one. */
export function spansNames(pattern: string): boolean {
  const plain = pattern.replace(/\\./g, '').replace(BRACKETS, '');
  if (/\[[^\]]*\//.test(plain)) return true;
  let open = 0;
  for (const character of plain) {
    if (character === '/' && open > 0) return true;
    if (character === '(') open += 1;
    if (character === ')' && open > 0) open -= 1;
  }
  return false;
}

/**
 * Whether a slash is within parentheses or brackets that are closed, like `@(a/b|c)`. An open one is a character like
 * others.
 */
export function hasSlashInGroup(pattern: string): boolean {
  const plain = pattern.replace(/\\./g, '').replace(BRACKETS, '');
  if (/\[[^\]]*\/[^\]]*\]/.test(plain)) return true;
  const slashes: boolean[] = [];
  for (const character of plain) {
    if (character === '(') slashes.push(false);
    if (character === '/') slashes.fill(true);
    if (character === ')' && slashes.pop() === true) return true;
  }
  return false;
}
