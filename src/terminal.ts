import { isTerminal } from './is-terminal.ts';
import type { Bytes } from './model.ts';
import { type Colors, createColors } from './report/colors.ts';
import { escapeName } from './report/escape.ts';

export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** The variables that say something about colour. */
export interface ColorEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
}

/**
 * Whether a stream is coloured: the flag, then NO_COLOR where it is set and not empty (no-color.org), then
 * FORCE_COLOR (`0` and `false` say no), then whether the stream is a terminal.
 */
export function wantsColor(choice: ColorChoice, env: ColorEnvironment, terminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '')
    return !['0', 'false'].includes(env.FORCE_COLOR);
  return terminal;
}

/** The colours for a file descriptor. */
export function colorsFor(fd: number, choice: ColorChoice, env: ColorEnvironment): Colors {
  return createColors(wantsColor(choice, env, isTerminal(fd)));
}

const SHOW_AFTER_MS = 1000;
const SHOW_EVERY_MS = 100;
const CLEAR_LINE = '\r\x1b[K';

/** One line that tells how far a sweep is, written over again and again; nothing in the first second. */
export class Progress {
  readonly #startedAt: number;
  #shownAt: number | null = null;

  /** @param now milliseconds by the same clock as in {@link line} */
  constructor(now: number) {
    this.#startedAt = now;
  }

  /** The text that shows progress now; empty when it is not yet time to. */
  line(now: number, removed: number, where: Bytes | null): string {
    if (now - (this.#shownAt ?? this.#startedAt + SHOW_AFTER_MS - SHOW_EVERY_MS) < SHOW_EVERY_MS) return '';
    this.#shownAt = now;
    const place = where === null ? '' : ` ${escapeName(where).slice(0, 60)}`;
    return `${CLEAR_LINE}${removed} directories${place}`;
  }

  /** The text that takes the line away before anything else is written. */
  clear(): string {
    const shown = this.#shownAt !== null;
    return shown ? CLEAR_LINE : '';
  }
}
