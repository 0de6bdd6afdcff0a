import { parseSegment, type Segment } from './glob-segment.ts';

/** Where in a pattern a path has come to: the segments that its next name may belong to. Empty: nowhere. */
export type Progress = readonly number[];

/** Behind the last segment of an alternative. */
const END = null;

/**
 * Patterns, their braces expanded, that are matched name by name. The work for one name grows with the number of
 * segments alone, whatever names others make: an expression for the whole path tries all ways through its `**`.
 */
export class PathPattern {
  readonly start: Progress;
  /** Of one alternative after the other. */
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

  /** One name further down. */
  step(from: Progress, name: string): Progress {
    const next: number[] = [];
    for (const at of from) {
      const segment = this.#segments[at];
      if (segment?.segment === 'globstar') next.push(at);
      if (segment?.segment === 'name' && segment.matches(name)) next.push(at + 1);
    }
    return this.#closure(next);
  }

  /** Whether a path that has come to here matches. */
  accepts(at: Progress): boolean {
    return at.some((each) => this.#segments[each] === END);
  }

  /** Whether something below may match. */
  leadsOn(at: Progress): boolean {
    return at.some((each) => this.#segments[each] !== END);
  }

  /** The only names that lead on from here; `null`: there may be others, so a directory has to be read. */
  onlyNames(at: Progress): readonly string[] | null {
    const names = new Set<string>();
    for (const each of at) {
      const segment = this.#segments[each];
      if (segment === undefined || segment === END) continue;
      if (segment.segment === 'globstar' || segment.literal === null) return null;
      names.add(segment.literal);
    }
    return [...names];
  }

  /** `**` may stand for no name at all. */
  #closure(positions: readonly number[]): Progress {
    const all = new Set(positions);
    for (const at of all) if (this.#segments[at]?.segment === 'globstar') all.add(at + 1);
    return [...all];
  }
}

/** The segments of a pattern; `.` and what lies between two slashes is none. */
export function segmentsOf(pattern: string): string[] {
  return pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
}

/** Whether a slash stands within parentheses or brackets, where names cannot be matched one by one. */
export function spansNames(pattern: string): boolean {
  return /[([][^)\]]*\//.test(pattern.replace(/\\./g, ''));
}
