import { type ProcStat, readStat } from '../../linux/proc-stat.ts';

/**
 * The signals that a terminal sends, for a signal key or a hangup, to all of its foreground process group.
 */
const SENT_BY_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];

/**
 * Knows which signals the command has from the terminal already, and whether a shell does job control over
 * us.
 */
export class Terminal {
  #isInForeground = isForeground(readStat('self'));

  /**
   * Whether a signal that has reached us has reached the command too: we are the terminal's foreground
   * process group, and the command is still in it. When a terminal hangs up it is nobody's any more, and what
   * was before counts; of a session's processes only the leader is told, and the others when that ends.
   */
  hasSentTo(pid: number, signal: NodeJS.Signals): boolean {
    const own = readStat('self');
    if (own === null || !SENT_BY_TERMINALS.includes(signal)) return false;
    const gone = own.terminalGroup === -1;
    if (!gone) this.#isInForeground = isForeground(own);
    if (gone && (signal !== 'SIGHUP' || own.session === own.pid)) return false;
    return this.#isInForeground && readStat(pid)?.group === own.group;
  }

  /** Whether someone waits at the terminal for us, and a shell would take over if we stopped. */
  canBeStopped(): boolean {
    const own = readStat('self');
    const shell = own === null ? null : readStat(own.parent);
    if (own === null || shell === null || !isForeground(own)) return false;
    return shell.session === own.session && shell.group !== own.group;
  }
}

function isForeground(own: ProcStat | null): boolean {
  return own !== null && own.terminalGroup === own.group;
}
