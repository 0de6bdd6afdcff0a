import type { ColorEnvironment } from '../model/environment.ts';
import { type Colors, createColors } from '../report/colors.ts';
import { isTerminal } from './is-terminal.ts';

export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/**
 * Whether a stream is coloured: the flag, then NO_COLOR if it is set and not empty (no-color.org), then
 * FORCE_COLOR (`0` and `false` say no), then whether the stream is a terminal.
 */
function wantsColor(choice: ColorChoice, env: ColorEnvironment, terminal: boolean): boolean {
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
