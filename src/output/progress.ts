import { writeSync } from 'node:fs';
import { undoAtExit } from '../linux/at-exit.ts';
import { monotonicMs } from '../linux/clock.ts';
import { assertErrno } from '../linux/errno.ts';
import type { Bytes } from '../model/model.ts';
import { escapeName } from '../report/escape.ts';
import { isTerminal } from './is-terminal.ts';
import { Output } from './output.ts';
import { STDERR } from './standard-streams.ts';

const SHOW_AFTER_MS = 1000;
const SHOW_EVERY_MS = 100;
const CLEAR_LINE = '\r\x1b[K';

/**
 * Something is going on, and no more, as ConEmu, Windows Terminal and others show it beside a window's name
 * (https://conemu.github.io/en/AnsiEscapeCodes.html, OSC 9;4: state 3 is indeterminate, 0 removes it).
 */
const BUSY = '\x1b]9;4;3;0\x1b\\';
const IDLE = '\x1b]9;4;0;0\x1b\\';

/** Terminals that would print such a sequence. */
const WITHOUT_SEQUENCES: readonly (string | undefined)[] = ['dumb', 'linux'];

/** Narrower than any terminal: where the width is not known. */
const DEFAULT_COLUMNS = 80;

/**
 * One line on stderr's terminal that tells how far a sweep is, written over again and again; nothing in the first
 * second. It is taken away before anything else is written there, and however this process ends.
 */
export class Progress {
  readonly #output = new Output(STDERR);
  readonly #startedAt = monotonicMs();
  readonly #sequences: boolean;
  #shownAt: number | null = null;
  #visible = false;
  #forget = (): void => {};

  private constructor(sequences: boolean) {
    this.#sequences = sequences;
  }

  /** `null` where nobody is looking: stderr is no terminal. */
  static onTerminal({ TERM }: { readonly TERM?: string | undefined }): Progress | null {
    return isTerminal(STDERR) ? new Progress(!WITHOUT_SEQUENCES.includes(TERM)) : null;
  }

  /** Shows how far it is, where it is time to. @param where the directory that is looked at */
  async show(text: string, where: Bytes | null): Promise<void> {
    const now = monotonicMs();
    const due = this.#shownAt === null ? this.#startedAt + SHOW_AFTER_MS : this.#shownAt + SHOW_EVERY_MS;
    if (now < due) return;
    if (this.#shownAt === null) this.#forget = undoAtExit(() => this.#takeAway());
    this.#shownAt = now;
    this.#visible = true;
    const columns = process.stderr.columns || DEFAULT_COLUMNS;
    const line = cutToColumns(where === null ? text : `${text} ${shortened(where)}`, columns - 1);
    this.#output.add(`${this.#sequences ? BUSY : ''}${CLEAR_LINE}${line}`);
    await this.#output.flush();
  }

  /** Takes the line away until it is shown again. */
  async hide(): Promise<void> {
    if (!this.#visible) return;
    this.#visible = false;
    this.#output.add(CLEAR_LINE);
    await this.#output.flush();
  }

  /** Takes all of it away. */
  async end(): Promise<void> {
    if (this.#shownAt === null) return;
    this.#forget();
    this.#shownAt = null;
    this.#visible = false;
    this.#output.add(this.#last());
    await this.#output.flush();
  }

  #last(): string {
    return `${CLEAR_LINE}${this.#sequences ? IDLE : ''}`;
  }

  #takeAway(): void {
    try {
      writeSync(STDERR, this.#last());
    } catch (error) {
      // Whatever the errno: the terminal is gone, or takes nothing any more.
      assertErrno(error);
    }
  }
}

/** `12,345 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}

/** A name can be very long, and only its beginning is seen. */
function shortened(path: Bytes): string {
  return escapeName(path.slice(0, 1000));
}

/**
 * Cuts a line with an ellipsis where it might not fit. What is not ASCII is taken to be two columns wide, as East Asian
 * characters are, so that no line is broken whatever the terminal thinks of a character.
 */
export function cutToColumns(text: string, columns: number): string {
  const whole = beginning(text, columns);
  return whole === text ? text : `${beginning(text, columns - 2)}…`;
}

function beginning(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += character < '\x7f' ? 1 : 2;
    if (width > columns) break;
    end += character.length;
  }
  return text.slice(0, end);
}
