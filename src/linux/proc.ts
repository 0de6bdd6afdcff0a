import { opendirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Bytes, Facts } from '../model/model.ts';
import { asBytes, encode } from './bytes.ts';
import { type Errno, errnoOf } from './errno.ts';
import { statPath } from './lstat.ts';

/**
 * The result of reading something of a process in /proc. `gone`: the process ended (or is a zombie, which
 * uses nothing). `hidden`: it was not seen, because we may not (EACCES, EPERM) or the call failed in another
 * way.
 */
export type Seen<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'gone' }
  | ({ readonly kind: 'hidden' } & Errno);

/** What a read that gave nothing came to. */
export type Unread = Exclude<Seen<never>, { readonly kind: 'seen' }>;

/** A process that ended has no entry (ENOENT), or one that leads nowhere any more (ESRCH). */
const GONE: readonly string[] = ['ENOENT', 'ESRCH'];

/** Reads something of a process that may end at any moment. @param gone errnos that mean that it has ended */
export function attempt<T>(read: () => T, gone: readonly string[] = GONE): Seen<T> {
  try {
    return { kind: 'seen', value: read() };
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    return gone.includes(code) ? { kind: 'gone' } : { kind: 'hidden', code, syscall };
  }
}

/**
 * Errnos that are answers, not failures. ENAMETOOLONG: the path of a magic link is longer than a page (d_path
 * in fs/d_path.c).
 */
const ANSWERS = ['EACCES', 'EPERM', 'ENAMETOOLONG'];

/**
 * Whether an errno means that a call failed and may succeed the next time; false if it means that we may not
 * ask.
 */
export function isFailure({ code }: Pick<Errno, 'code'>): boolean {
  return /^E[A-Z0-9]+$/.test(code) && !ANSWERS.includes(code);
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
  // Node reads a small file as UTF-8 several times faster than in any other encoding.
  return attempt(() => encode(readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()));
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

/** stat(2) of the file that a magic link of /proc leads to, in whatever mount namespace that is. */
export function statLink(path: string): Seen<Facts> {
  return attempt(() => statPath(encode(path)));
}

/**
 * The text of a magic link of /proc: the path of its target as we would call it, or its kind if it has no
 * path.
 */
export function readLink(path: string): Seen<Bytes> {
  return attempt(() => exactLink(path));
}

/** Read as UTF-8 first, in two thirds of the time that any other encoding takes. */
function exactLink(path: string, part = (text: string): string => text): Bytes {
  const text = readlinkSync(path);
  return text.includes('\ufffd') ? asBytes(part(readlinkSync(path, 'latin1'))) : encode(part(text));
}

/** The last name of a path, with its slash; the text itself where it is none, or only a slash. */
function lastName(text: string): string {
  return text.length > 1 && text.startsWith('/') ? text.slice(text.lastIndexOf('/')) : text;
}

/** As {@link readLink} for very many: the text alone, where it was seen, and of a path only its last name. */
export function linkName(path: string): Bytes | Unread {
  try {
    return exactLink(path, lastName);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    return GONE.includes(code) ? { kind: 'gone' } : { kind: 'hidden', code, syscall };
  }
}

/** Descriptors that are listed at once; of a process with more the kernel is asked for some at a time. */
const FEW = 4096;
const BATCH = 64;

/**
 * The descriptors of a task, by their numbers as text; `null`: very many, or nobody knows how many (see
 * {@link manyDescriptors}).
 *
 * @param directory `/proc/17/fd`. Its size is their number since Linux 6.2 (proc_pid_fd(5)), before that 0
 */
export function fewDescriptors(directory: string): Seen<readonly string[] | null> {
  return attempt(() => {
    const { size } = statSync(directory);
    return size > 0 && size <= FEW ? readdirSync(directory) : null;
  });
}

/** The descriptors of a task, a few at a time. */
export function* manyDescriptors(directory: string): Generator<Seen<readonly string[]>, void, void> {
  const opened = attempt(() => opendirSync(directory, { bufferSize: BATCH }));
  if (opened.kind !== 'seen') {
    yield opened;
    return;
  }
  try {
    for (;;) {
      const next = attempt(() => opened.value.readSync());
      if (next.kind !== 'seen') yield next;
      if (next.kind !== 'seen' || next.value === null) return;
      yield { kind: 'seen', value: [next.value.name] };
    }
  } finally {
    attempt(() => opened.value.closeSync());
  }
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
