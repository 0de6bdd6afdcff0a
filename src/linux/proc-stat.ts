import { openSync, readFileSync, readSync } from 'node:fs';
import type { Bytes } from '../model/model.ts';
import { asBytes } from './bytes.ts';
import { assertErrno } from './errno.ts';
import { release } from './release.ts';
import { attempt } from './seen.ts';

/** Fields of /proc/PID/stat (proc_pid_stat(5)). */
export interface ProcStat {
  readonly pid: number;
  /** The kernel's name for it, at most 15 bytes, whatever its argv says. */
  readonly comm: Bytes;
  /** One letter: `T` stopped by a signal, `Z` a zombie. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The foreground process group of its controlling terminal; -1 without one. */
  readonly terminalGroup: number;
  /** PF_ flags of include/linux/sched.h. */
  readonly flags: number;
  /** Clock ticks since boot. */
  readonly startTime: number;
}

/** Room for the line: some fifty numbers. Twice as fast as a buffer for each. */
const LINE = Buffer.alloc(4096);

/** Whether a task ends: it has no memory any more, and soon no descriptors (PF_EXITING of include/linux/sched.h). */
export function isExiting({ flags }: ProcStat): boolean {
  return (flags & 0x4) !== 0;
}

/**
 * The fields of a process; `null` if it has gone (ENOENT, ESRCH) or cannot be seen: there is no /proc, a
 * security module refuses it, or we are out of descriptors or memory. A `null` never leads to a removal:
 * signals are passed on as if there were no terminal, and dying processes are not waited for, so that what
 * they use is kept.
 *
 * @param task a pid, or the directory of a thread below /proc: `17/task/18`
 */
export function readStat(task: number | 'self' | Bytes): ProcStat | null {
  try {
    const fd = openSync(`/proc/${task}/stat`, 'r');
    try {
      return parseStat(LINE.toString('latin1', 0, readSync(fd, LINE, 0, LINE.length, 0)));
    } finally {
      release(fd);
    }
  } catch (error) {
    assertErrno(error);
    return null;
  }
}

/** A tick of /proc/PID/stat: USER_HZ is 100 on every machine that Node runs on (proc_pid_stat(5)). */
const TICK_MS = 10;

/** The start of a process, in milliseconds since 1970; 0 if we cannot tell. */
export function startOf(pid: number): number {
  const stat = readStat(pid);
  const boot = attempt(() => readFileSync('/proc/stat', 'latin1'));
  const seconds = boot.kind === 'seen' ? /^btime (\d+)$/m.exec(boot.value)?.[1] : undefined;
  return stat === null || seconds === undefined ? 0 : Number(seconds) * 1000 + stat.startTime * TICK_MS;
}

/** The comm, in brackets, may hold anything, brackets too. */
export function parseStat(text: string): ProcStat | null {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const [state = '', parent, group, session, , terminalGroup, flags] = fields;
  const startTime = fields[19];
  if (startTime === undefined) return null;
  return {
    pid: Number.parseInt(text, 10),
    comm: asBytes(text.slice(text.indexOf('(') + 1, end)),
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    terminalGroup: Number(terminalGroup),
    flags: Number(flags),
    startTime: Number(startTime),
  };
}
