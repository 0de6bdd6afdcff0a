import { setImmediate as nextTick } from 'node:timers/promises';
import { describeErrno } from '../../linux/errno.ts';
import { readStat } from '../../linux/proc-stat.ts';
import { endBy } from '../../linux/stop-signals.ts';
import type { Child } from './child.ts';
import { Terminal } from './controlling-terminal.ts';

/** Those that ask to end: before the command is started, there is nothing to pass them on to. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
const PASSED_ON: readonly NodeJS.Signals[] = [...ENDING, 'SIGUSR1', 'SIGUSR2'];

/**
 * How long a stop of the command must last to be one: a shell that continues a job reaches its processes one
 * by one.
 */
const STOPPED_FOR_MS = 50;

/**
 * Our signals while a command is to be started, runs, and is swept after. Each is passed on once, unless the
 * terminal has sent it to the command as well. Where the command alone stops, we stop too, for the shell to
 * take over; and we continue it where we are continued.
 */
export class Signals {
  readonly #terminal = new Terminal();
  readonly #complain: (message: string) => void;
  #phase: 'starting' | 'running' | 'sweeping' = 'starting';
  #child: Child | null = null;
  #early: NodeJS.Signals[] = [];
  #late = 0;
  #askedToEnd = false;
  #stopTimer: NodeJS.Timeout | undefined;

  /** @param complain says what could not be passed on */
  constructor(complain: (message: string) => void) {
    this.#complain = complain;
    for (const signal of PASSED_ON) process.on(signal, this.#hear);
    process.on('SIGCHLD', this.#heardOfChild);
    process.on('SIGCONT', this.#continued);
  }

  /** Whether a signal has asked us to end before there was a command. */
  get asked(): boolean {
    return this.#early.some((signal) => ENDING.includes(signal));
  }

  /** Whether any signal came that asks to end, the command or us. */
  get askedToEnd(): boolean {
    return this.#askedToEnd;
  }

  /** The signal that asked us to end before there was a command, once all that have arrived were heard. */
  async ending(): Promise<NodeJS.Signals | null> {
    await nextTick();
    return this.#early.find((signal) => ENDING.includes(signal)) ?? null;
  }

  /** Passes on from now on, at once what came too early. */
  passTo(child: Child): void {
    this.#child = child;
    this.#phase = 'running';
    for (const signal of this.#early.splice(0)) this.#pass(signal);
  }

  /**
   * The command has ended; what reached us together with it is heard first. A second signal from now on ends
   * us at once.
   */
  async sweeping(): Promise<void> {
    this.#leaveChild();
    await nextTick();
    this.#phase = 'sweeping';
  }

  /** Gives the signals back to the system. */
  release(): void {
    for (const signal of PASSED_ON) process.off(signal, this.#hear);
    this.#leaveChild();
  }

  #leaveChild(): void {
    process.off('SIGCHLD', this.#heardOfChild);
    process.off('SIGCONT', this.#continued);
    clearTimeout(this.#stopTimer);
  }

  readonly #hear = (signal: NodeJS.Signals): void => {
    this.#askedToEnd ||= ENDING.includes(signal);
    switch (this.#phase) {
      case 'starting':
        this.#early.push(signal);
        return;
      case 'running':
        this.#pass(signal);
        return;
      case 'sweeping':
        this.#late += ENDING.includes(signal) ? 1 : 0;
        if (this.#late < 2) return;
        this.release();
        endBy(signal);
    }
  };

  #pass(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#terminal.hasSentTo(pid, signal)) return;
    const refused = this.#child?.kill(signal) ?? null;
    if (refused !== null)
      this.#complain(`${signal} could not be passed on to process ${pid}: ${describeErrno(refused.code)}`);
  }

  readonly #heardOfChild = (): void => {
    clearTimeout(this.#stopTimer);
    if (!this.#isStopped() || !this.#terminal.canBeStopped()) return;
    this.#stopTimer = setTimeout(() => {
      if (this.#isStopped() && this.#terminal.canBeStopped()) process.kill(process.pid, 'SIGSTOP');
    }, STOPPED_FOR_MS);
  };

  readonly #continued = (): void => {
    clearTimeout(this.#stopTimer);
    if (this.#isStopped()) this.#child?.kill('SIGCONT');
  };

  #isStopped(): boolean {
    const pid = this.#child?.pid;
    return pid !== undefined && readStat(pid)?.state === 'T';
  }
}
