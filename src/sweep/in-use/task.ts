import { constants, openSync, readFileSync } from 'node:fs';
import { readLink } from '../../linux/magic-link.ts';
import { O_PATH } from '../../linux/mount-id.ts';
import { release } from '../../linux/release.ts';
import { attempt, type Seen } from '../../linux/seen.ts';
import type { Bytes } from '../../model/model.ts';

/** The root directory of a task: the mount it lies on, and its path as we would call it. */
export interface Root {
  /**
   * The mount's ID. No other mount of any namespace has it at the same time (mnt_id of proc_pid_fdinfo(5)).
   */
  readonly mountId: number;
  readonly path: Bytes;
}

/** The place of a task (a process, or one thread of it): its mount namespace and its root. */
export interface Task {
  /** Its directory below /proc: `17`, or `17/task/18`. */
  readonly entry: Bytes;
  /** As namespaces(7) writes it: `mnt:[4026531841]`. */
  readonly namespace: Seen<Bytes>;
  readonly root: Seen<Root>;
}

/** Reads where a task stands. */
export function taskOf(entry: Bytes): Task {
  return { entry, namespace: readLink(`/proc/${entry}/ns/mnt`), root: rootOf(entry) };
}

/**
 * The inode number of the directory that a magic link leads to, as decimal digits, without a word to its file
 * system: one in user space may never answer (`ino` of proc_pid_fdinfo(5), since Linux 5.14; ENOTDIR for what
 * is no directory).
 */
export function inodeOf(link: string): Seen<string> {
  const fd = attempt(() => openSync(link, O_PATH | constants.O_DIRECTORY));
  if (fd.kind !== 'seen') return fd;
  try {
    return fieldOf(fd.value, /^ino:\s*(\d+)$/m);
  } finally {
    release(fd.value);
  }
}

function rootOf(entry: string): Seen<Root> {
  const link = `/proc/${entry}/root`;
  const path = readLink(link);
  if (path.kind !== 'seen') return path;
  const fd = attempt(() => openSync(link, O_PATH | constants.O_DIRECTORY));
  if (fd.kind !== 'seen') return fd;
  try {
    const mountId = mountIdOf(fd.value);
    return mountId.kind === 'seen'
      ? { kind: 'seen', value: { mountId: mountId.value, path: path.value } }
      : mountId;
  } finally {
    release(fd.value);
  }
}

/** The ID of the mount that a descriptor of ours lies on. */
function mountIdOf(fd: number): Seen<number> {
  const id = fieldOf(fd, /^mnt_id:\s*(\d+)$/m);
  return id.kind === 'seen' ? { kind: 'seen', value: Number(id.value) } : id;
}

function fieldOf(fd: number, field: RegExp): Seen<string> {
  // Our own descriptor is there: if its fdinfo is not, /proc is not.
  const info = attempt(() => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'), []);
  if (info.kind !== 'seen') return info;
  const value = field.exec(info.value)?.[1];
  return value === undefined ? { kind: 'hidden', code: 'ENODATA', syscall: 'read' } : { kind: 'seen', value };
}

/** Whether two looks found a task at the same place. */
export function isSamePlace(a: Task, b: Task): boolean {
  return placeOf(a) !== null && placeOf(a) === placeOf(b);
}

/** A key that is the same for all tasks that see the same mounts; `null` if we cannot tell. */
export function placeOf({ namespace, root }: Task): string | null {
  if (namespace.kind !== 'seen' || root.kind !== 'seen') return null;
  return `${namespace.value} ${root.value.mountId} ${root.value.path}`;
}
