import { setImmediate as nextTick } from 'node:timers/promises';
import { encode } from '../linux/bytes.ts';
import type { SweepError } from '../model/model.ts';
import type { Target } from '../sweep/targets.ts';
import { parseGlob } from './glob.ts';
import { type GlobStart, startGlob } from './glob-start.ts';
import { Claimed } from './repeated.ts';
import { matchTarget } from './resolve-target.ts';
import type { Expanding, ResolvedTargets } from './resolve-targets.ts';
import { walkGlob } from './walk-glob.ts';

/** The most matches of one glob that are kept, some 400 bytes each: more is a mistake, or somebody's attack. */
const MOST_MATCHES = 1_000_000;
/** The most errors of one glob that are kept. */
const MOST_ERRORS = 10_000;

/**
 * Takes a glob apart and resolves where its parts begin; nothing is walked, so we stay where we stand. `null`: the
 * text is no glob.
 *
 * @throws UsageError as {@link parseGlob} does
 */
export function startGlobs(text: string, expanding: Expanding): readonly GlobStart[] | null {
  return parseGlob(text)?.map((task) => startGlob(task, expanding)) ?? null;
}

/** The directories that a glob names. Stops where there is a reason to: then a target says so. */
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

/** What one glob matched, each directory once. */
class Matches {
  readonly #text: string;
  readonly #targets: Target[] = [];
  readonly #errors: SweepError[] = [];
  /** `null`: one walk comes upon nothing twice. */
  readonly #seen: Claimed | null;

  constructor(text: string, walks: number) {
    this.#text = text;
    this.#seen = walks < 2 ? null : new Claimed();
  }

  /** False: there are too many. */
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
    // A directory that somebody removed meanwhile has no matches any more.
    if (error.code === 'ENOENT' || this.#errors.length > MOST_ERRORS) return;
    this.#errors.push(this.#errors.length < MOST_ERRORS ? error : this.#tooMany());
  }

  /** All of them; where there are none, or not all were looked for, also a target that says so. */
  end(status: 'no-match' | 'interrupted'): ResolvedTargets {
    if (status === 'interrupted' || this.#targets.length === 0)
      this.#targets.push({ plan: 'none', path: encode(this.#text), status, error: null });
    return { targets: this.#targets, errors: this.#errors };
  }

  #tooMany(): SweepError {
    return { path: encode(this.#text), code: 'E2BIG', syscall: 'glob' };
  }
}
