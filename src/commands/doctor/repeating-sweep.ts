import { readFileSync } from 'node:fs';
import { assertErrno } from '../../linux/errno.ts';
import { effectiveUidOf, listPids } from '../../linux/proc.ts';
import { attempt } from '../../linux/seen.ts';
import { COMMAND, isSweep } from './sweep-command.ts';

/** The pid of a process that sweeps again and again (`--every`); `null`: none, or none that we can see. */
export function findRepeatingSweep(): number | null {
  try {
    return (
      listPids().find((pid) => pid !== process.pid && isRootsOrOurs(pid) && isRepeatingSweep(pid)) ?? null
    );
  } catch (error) {
    assertErrno(error);
    return null;
  }
}

/** Anybody can call a process so; one of another user's sweeps nothing of ours. */
function isRootsOrOurs(pid: number): boolean {
  const uid = effectiveUidOf(pid);
  return uid === 0 || uid === process.geteuid?.();
}

function isRepeatingSweep(pid: number): boolean {
  const text = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
  if (text.kind !== 'seen') return false;
  const args = text.value.split('\0');
  const script = args.findIndex((arg) => COMMAND.test(arg));
  if (script < 0 || script > 1) return false;
  return args.some((arg) => /^--every(?:=|$)/.test(arg)) && isSweep(args.slice(script + 1));
}
