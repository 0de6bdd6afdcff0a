import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Bytes } from '../model/model.ts';
import { asBytes, bytes, encode } from './bytes.ts';
import { lstatName } from './lstat.ts';
import { readLink } from './magic-link.ts';
import { attempt, type Seen } from './seen.ts';

/** Whether a /proc is mounted, be it another pid namespace's, in which `self` leads nowhere; true also if we cannot tell. */
export function isProcMounted(): boolean {
  const self = attempt(() => lstatName(bytes`/proc/self`), []);
  return self.kind !== 'seen' || self.value !== null;
}

/**
 * The pids of all processes in /proc, ascending. Throws an errno. ENOENT: no /proc is mounted; every other:
 * it could not be read.
 */
export function listPids(): number[] {
  readlinkSync('/proc/self');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The comm of a process: the kernel's name for it, at most 15 bytes, whatever its argv says. */
export function commOf(pid: number): Seen<Bytes> {
  const path = `/proc/${pid}/comm`;
  return attempt(() => {
    // Node reads a small file as UTF-8 several times faster than in any other encoding. Its 15 bytes may end in a character.
    const text = readFileSync(path, 'utf8');
    const line = text.includes('\ufffd') ? asBytes(readFileSync(path, 'latin1')) : encode(text);
    return line.endsWith('\n') ? line.slice(0, -1) : line;
  });
}

/**
 * The thread ids of a process except its leader's. Most processes have none, which a link count tells
 * (proc(5)).
 */
export function otherThreads(pid: number): Seen<number[]> {
  return attempt(() => {
    if (statSync(`/proc/${pid}/task`).nlink <= 3) return [];
    return readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .filter((tid) => tid !== pid);
  });
}

/** PROC_PID_INIT_INO of include/linux/proc_ns.h: the inode of the host's own pid namespace. */
const HOST_PID_NAMESPACE = 'pid:[4026531836]';

/**
 * Whether /proc shows only a part of the host's processes, because it, or we, belong to another pid
 * namespace.
 */
export function isForeignPidNamespace(): boolean {
  const own = readLink('/proc/self/ns/pid');
  const first = readLink('/proc/1/ns/pid');
  if (own.kind !== 'seen' || own.value !== HOST_PID_NAMESPACE) return true;
  return first.kind === 'seen' && first.value !== HOST_PID_NAMESPACE;
}

/** The effective uid of a process. Everybody may read it, even if /proc gives its files to root. */
export function effectiveUidOf(pid: number): number | null {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'latin1'));
  const uid = status.kind === 'seen' ? /^Uid:\t\d+\t(\d+)/m.exec(status.value)?.[1] : undefined;
  return uid === undefined ? null : Number(uid);
}
