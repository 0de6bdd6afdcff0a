import { readFileSync } from 'node:fs';
import type { Bytes } from '../model/model.ts';
import { bytes } from './bytes.ts';
import { statPath } from './lstat.ts';
import { listPids } from './proc.ts';
import { attempt } from './seen.ts';

/** Pids between two calls that are cheaper to try one by one than to list. */
const FEW = 4096;
const LOADAVG = bytes`/proc/loadavg`;

/**
 * Tells which pids have been given out since the last call, in our pid namespace. The kernel gives them out
 * in ascending order and says the last one in /proc/loadavg (proc_loadavg(5)), so where no process was
 * started one small file is read. Some of them are threads, and some have ended.
 */
export class NewPids {
  #last: number | null;
  /** Where the last pid is not to be had: the pids that were listed before. */
  #listed: ReadonlySet<number> | null = null;

  /** @param last everything after this pid is new */
  constructor(last: number) {
    this.#last = isKernels(LOADAVG) ? last : null;
    if (this.#last === null) this.#listed = new Set(list());
  }

  /** The new ones, ascending. After the numbers began anew, or many at once, also older ones. */
  next(): readonly number[] {
    if (this.#last === null) return this.#nextListed();
    const from = this.#last;
    const last = lastPid();
    if (last === null || last === from) return [];
    this.#last = last;
    if (last < from || last - from > FEW) return list();
    return Array.from({ length: last - from }, (_, index) => from + 1 + index);
  }

  #nextListed(): readonly number[] {
    const pids = list();
    const before = this.#listed;
    this.#listed = new Set(pids);
    return pids.filter((pid) => before?.has(pid) !== true);
  }
}

/** Whether the kernel itself writes a file of /proc: in containers lxcfs puts files of its own there. */
function isKernels(path: Bytes): boolean {
  const devices = attempt(() => statPath(path).dev === statPath(bytes`/proc`).dev);
  return devices.kind === 'seen' && devices.value && lastPid() !== null;
}

function lastPid(): number | null {
  // Node reads a small file as UTF-8 several times faster than in any other encoding.
  const text = attempt(() => readFileSync(LOADAVG, 'utf8'));
  const last = text.kind === 'seen' ? /\/\d+ (\d+)\n$/.exec(text.value)?.[1] : undefined;
  return last === undefined ? null : Number(last);
}

/** Whatever the errno, a process that is not listed is not followed. */
function list(): readonly number[] {
  const pids = attempt(listPids);
  return pids.kind === 'seen' ? pids.value : [];
}
