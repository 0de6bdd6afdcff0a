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
 * The sequences that start and end a progress mark beside a window's name, in ConEmu, Windows Terminal and
 * others (https://conemu.github.io/en/AnsiEscapeCodes.html, OSC 9;4: state 3 is indeterminate, 0 removes it).
 */
const BUSY = '\x1b]9;4;3;0\x1b\\';
const IDLE = '\x1b]9;4;0;0\x1b\\';

/** The values of $TERM for terminals that would print such a sequence. */
const WITHOUT_SEQUENCES: readonly (string | undefined)[] = ['dumb', 'linux'];

/** The columns of a terminal that does not tell them. */
const DEFAULT_COLUMNS = 80;

/**
 * The progress line on stderr's terminal. It comes after the first second, is written over again and again,
 * and is removed before anything else is written there, and however this process ends.
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

  /** The progress line, or `null` if stderr is no terminal. */
  static onTerminal({ TERM }: { readonly TERM?: string | undefined }): Progress | null {
    return isTerminal(STDERR) ? new Progress(!WITHOUT_SEQUENCES.includes(TERM)) : null;
  }

  /** Shows the line, if it is time to. @param where the directory being read */
  async show(text: string, where: Bytes | null): Promise<void> {
    const now = monotonicMs();
    const due = this.#shownAt === null ? this.#startedAt + SHOW_AFTER_MS : this.#shownAt + SHOW_EVERY_MS;
    if (now < due) return;
    if (this.#shownAt === null) this.#forget = undoAtExit(() => this.#remove());
    this.#shownAt = now;
    this.#visible = true;
    const columns = process.stderr.columns || DEFAULT_COLUMNS;
    const line = cutToColumns(where === null ? text : `${text} ${shortened(where)}`, columns - 1);
    this.#output.add(`${this.#sequences ? BUSY : ''}${CLEAR_LINE}${line}`);
    await this.#output.flush();
  }

  /** Removes the line until it is shown again. */
  async hide(): Promise<void> {
    if (!this.#visible) return;
    this.#visible = false;
    this.#output.add(CLEAR_LINE);
    await this.#output.flush();
  }

  /** Removes the line and the mark for good. */
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

  #remove(): void {
    try {
      writeSync(STDERR, this.#last());
    } catch (error) {
      // Any errno: the terminal is gone, or takes nothing any more.
      assertErrno(error);
    }
  }
}

/** A number with its noun: `12,345 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}

/** The beginning of a path, escaped. A path can be very long, and the end of the line is cut anyway. */
function shortened(path: Bytes): string {
  return escapeName(path.slice(0, 1000));
}

/**
 * Cuts a line that might not fit, and ends it with an ellipsis. Characters beyond ASCII count as two columns,
 * as East Asian ones are, so that the line fits whatever width the terminal gives them.
 */
function cutToColumns(text: string, columns: number): string {
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
