import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../linux/clock.ts';
import { assertErrno } from '../../linux/errno.ts';
import { listPids } from '../../linux/proc.ts';
import { isExiting, readStat } from '../../linux/proc-stat.ts';
import { attempt } from '../../linux/seen.ts';

const SIGKILL_BIT = 1n << 8n;

const LONGEST_WAIT_MS = 2000;
const STEP_MS = 10;

/**
 * Waits for processes that have been killed but are not gone. The command's own children may still be taking
 * down their memory and mounts when it has ended (all of them by the OOM killer, say), and would seem to use
 * what they left.
 *
 * @param since a time in clock ticks since boot: processes that started before are not waited for
 */
export async function waitForDying(since: number): Promise<void> {
  const giveUpAt = monotonicMs() + LONGEST_WAIT_MS;
  // Whatever the errno: nobody is waited for, and the look at users says what it could not see.
  const pids = attempt(listPids);
  let dying = (pids.kind === 'seen' ? pids.value : []).filter((pid) => isDying(pid, since));
  while (dying.length > 0 && monotonicMs() < giveUpAt) {
    await sleep(STEP_MS);
    dying = dying.filter((pid) => isDying(pid, since));
  }
}

function isDying(pid: number, since: number): boolean {
  const stat = readStat(pid);
  if (stat === null || stat.startTime < since || stat.state === 'Z' || stat.state === 'X') return false;
  return isExiting(stat) || hasPendingKill(pid);
}

/**
 * By /proc/PID/status: `SigPnd` is the thread's own, `ShdPnd` the process's. Whatever the errno, a process
 * that is not seen to be dying is not waited for, and what it uses is kept.
 */
function hasPendingKill(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const pending = [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)];
    return pending.some(([, mask = '0']) => (BigInt(`0x${mask}`) & SIGKILL_BIT) !== 0n);
  } catch (error) {
    assertErrno(error);
    return false;
  }
}
