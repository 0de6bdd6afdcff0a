import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { encode } from '../../bytes.ts';
import { errnoOf } from '../../errno.ts';
import type { Bytes, Facts } from '../../model.ts';
import { statPath } from '../lstat.ts';

/**
 * What a read of a process's entry in /proc gave. `gone`: the process ended (or is a zombie, which uses nothing).
 * `hidden`: we may not read it (EACCES, EPERM: ptrace(2), "Ptrace access mode checking").
 */
export type Seen<T> =
  | { readonly seen: 'yes'; readonly value: T }
  | { readonly seen: 'gone' }
  | { readonly seen: 'hidden'; readonly code: string; readonly syscall: string };

/** Reads something of a process that may end at any moment. */
export function look<T>(read: () => T): Seen<T> {
  try {
    return { seen: 'yes', value: read() };
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    return code === 'EACCES' || code === 'EPERM' ? { seen: 'hidden', code, syscall } : { seen: 'gone' };
  }
}

/** The numbers of all processes that /proc shows. Throws an errno where no /proc is mounted. */
export function listPids(): number[] {
  readFileSync('/proc/version');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The comm of a process: what the kernel calls it, at most 15 bytes, whatever its argv says. */
export function commOf(pid: number): Seen<Bytes> {
  // Node reads a small file as UTF-8 several times faster than in any other encoding.
  return look(() => encode(readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()));
}

/** The thread ids of a process but its leader's; most processes have none, and a link count tells that (proc(5)). */
export function otherThreads(pid: number): Seen<number[]> {
  return look(() => {
    if (statSync(`/proc/${pid}/task`).nlink <= 3) return [];
    return readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .filter((tid) => tid !== pid);
  });
}

/** stat(2) of what a magic link of /proc leads to, in whatever mount namespace that is. */
export function statLink(path: string): Seen<Facts> {
  return look(() => statPath(path));
}

/**
 * The mount namespace of a process or thread (`PID` or `PID/task/TID`) as namespaces(7) writes it, `mnt:[4026531841]`.
 * Reading the link takes half of stat's time, which makes an inode for it.
 */
export function mountNamespaceOf(entry: string): Seen<string> {
  return look(() => readlinkSync(`/proc/${entry}/ns/mnt`));
}

/**
 * The open descriptors of a process that can be directories, as magic links of /proc. Root is let through every
 * directory, so for root asking whether `link/.` exists tells them from all others, in two thirds of stat's time.
 */
export function descriptorsOf(pid: number, isRoot: boolean): Seen<string[]> {
  return look(() => {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
    return isRoot ? links.filter((link) => existsSync(`${link}/.`)) : links;
  });
}

/** PROC_PID_INIT_INO of include/linux/proc_ns.h: the inode of the host's own pid namespace. */
const HOST_PID_NAMESPACE = 'pid:[4026531836]';

/** Whether /proc shows less than the host's processes, because it, or we, belong to another pid namespace. */
export function isForeignPidNamespace(): boolean {
  const own = look(() => readlinkSync('/proc/self/ns/pid'));
  const first = look(() => readlinkSync('/proc/1/ns/pid'));
  if (own.seen !== 'yes' || own.value !== HOST_PID_NAMESPACE) return true;
  return first.seen === 'yes' && first.value !== HOST_PID_NAMESPACE;
}

/** The effective uid of a process, which everybody may read even where /proc gives its files to root. */
export function effectiveUidOf(pid: number): number | null {
  const status = look(() => readFileSync(`/proc/${pid}/status`, 'latin1'));
  const uid = status.seen === 'yes' ? /^Uid:\t\d+\t(\d+)/m.exec(status.value)?.[1] : undefined;
  return uid === undefined ? null : Number(uid);
}
