import { setImmediate as nextTick } from 'node:timers/promises';
import fastGlob from 'fast-glob';
import { encode } from '../linux/bytes.ts';
import type { SweepError } from '../model/events.ts';
import type { Target } from '../sweep/targets.ts';
import type { Expanding, ResolvedTargets } from './expanding.ts';
import { parseGlob } from './glob.ts';
import { type GlobStart, startGlob } from './glob-start.ts';
import { Claimed } from './repeated.ts';
import { matchTarget } from './resolve-target.ts';
import { walkGlob } from './walk-glob.ts';

/** Limit of matches kept for one glob, some 400 bytes each: more is a mistake, or an attack. */
const MOST_MATCHES = 1_000_000;
/** Limit of errors kept for one glob. */
const MOST_ERRORS = 10_000;

/**
 * Parses a glob and resolves where its parts begin. Walks nothing, so the working directory stays the same.
 * `null`: the text is no glob.
 *
 * @throws UsageError as {@link parseGlob} does
 */
export function startGlobs(text: string, expanding: Expanding): readonly GlobStart[] | null {
  return parseGlob(text)?.map((task) => startGlob(task, expanding)) ?? null;
}

/** The text as the part of a glob that matches nothing else; empty if it is. */
export function escapeGlob(text: string): string {
  return text === '' ? '' : fastGlob.escapePath(text);
}

/** Finds the directories that a glob names. Stops when asked to; then a target says so. */
export async function expandGlob(
  text: string,
  starts: readonly GlobStart[],
  expanding: Expanding,
): Promise<ResolvedTargets> {
  const matches = new Matches(text, starts.length);
  for (const start of starts) {
    for (const found of walkGlob(start, expanding)) {
      if (found.type === 'pause') {
        await nextTick();
        if (expanding.interrupted()) return matches.end('interrupted');
      }
      if (found.type === 'error') matches.addError(found.error);
      if (found.type === 'match' && !matches.add(matchTarget(found.match, expanding.match)))
        return matches.end('no-match');
    }
  }
  return matches.end('no-match');
}

/** The matches of one glob, each directory once. */
class Matches {
  readonly #text: string;
  readonly #targets: Target[] = [];
  readonly #errors: SweepError[] = [];
  /** `null`: a single walk finds nothing twice. */
  readonly #seen: Claimed | null;

  constructor(text: string, walks: number) {
    this.#text = text;
    this.#seen = walks < 2 ? null : new Claimed();
  }

  /** Adds a match. False: there are too many. */
  add(target: Target): boolean {
    if (this.#seen?.add(target) === false) return true;
    if (this.#targets.length === MOST_MATCHES) {
      this.#errors.push(this.#tooMany());
      return false;
    }
    this.#targets.push(target);
    return true;
  }

  addError(error: SweepError): void {
    // A directory that was removed meanwhile has no matches any more.
    if (error.code === 'ENOENT' || this.#errors.length > MOST_ERRORS) return;
    this.#errors.push(this.#errors.length < MOST_ERRORS ? error : this.#tooMany());
  }

  /** All targets and errors. If there are none, or the search stopped early, one more target says so. */
  end(status: 'no-match' | 'interrupted'): ResolvedTargets {
    if (status === 'interrupted' || this.#targets.length === 0)
      this.#targets.push({ kind: 'none', path: encode(this.#text), status, error: null });
    return { targets: this.#targets, errors: this.#errors };
  }

  #tooMany(): SweepError {
    return { path: encode(this.#text), code: 'E2BIG', syscall: 'glob' };
  }
}
