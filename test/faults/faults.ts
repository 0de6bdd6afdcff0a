import { PACKAGE } from '../support/command.ts';

/** The errnos that each call can have while a sweep runs. */
const ERRNOS: Readonly<Record<string, readonly string[]>> = {
  chdir: ['EACCES', 'ENOENT', 'ENOTDIR', 'ENOMEM', 'EIO', 'ESTALE', 'EINTR'],
  rmdir: ['EACCES', 'EPERM', 'EBUSY', 'ENOENT', 'ENOTEMPTY', 'ENOMEM', 'EIO', 'EROFS', 'ESTALE', 'EINTR'],
  // glibc takes ENOENT for the end of the directory (sysdeps/unix/sysv/linux/readdir64.c).
  getdents64: ['EACCES', 'ENOMEM', 'EIO', 'ESTALE', 'EINTR'],
  statx: ['EACCES', 'ENOENT', 'ENOMEM', 'EIO', 'ESTALE', 'EINTR'],
  openat: ['EACCES', 'ENOENT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'ESTALE', 'EINTR'],
  readlink: ['EACCES', 'ENOENT', 'ENOMEM', 'EIO', 'ESTALE'],
  access: ['EACCES', 'ENOENT', 'ENOMEM', 'EIO', 'ESTALE'],
  read: ['ENOMEM', 'EIO', 'ESTALE', 'EINTR'],
  pread64: ['ENOMEM', 'EIO', 'ESTALE', 'EINTR'],
  write: ['EIO', 'ENOSPC', 'EDQUOT', 'EPIPE', 'EINTR'],
  close: ['EIO', 'ENOSPC', 'EINTR'],
  fchmod: ['EPERM', 'EIO', 'EROFS'],
  fchown: ['EPERM', 'EIO', 'EROFS'],
  fsync: ['EIO', 'ENOSPC'],
  rename: ['EACCES', 'EIO', 'ENOSPC', 'EROFS', 'ENOENT'],
  unlink: ['EACCES', 'EIO', 'EROFS', 'ENOENT'],
  flock: ['ENOLCK', 'EINTR'],
  // To start a program: nsenter.
  pipe2: ['EMFILE', 'ENFILE'],
  socketpair: ['EMFILE', 'ENFILE', 'ENOMEM'],
  vfork: ['EAGAIN', 'ENOMEM'],
  execve: ['ENOENT', 'EACCES', 'ENOMEM'],
  setns: ['EPERM', 'ENOMEM', 'EINVAL'],
};

/** The calls that are made to fail, as strace's `trace=` takes them; those that a machine has not are passed over. */
export const CALLS = Object.keys(ERRNOS);

/** One call of one run that is made to fail: the `when`-th of that name in its thread. */
export interface Fault {
  readonly call: string;
  readonly when: number;
  readonly errno: string;
  /** The main thread, or the one that libuv has for what it does beside. */
  readonly thread: 'main' | 'pool';
  /** The call as the run without faults made it. */
  readonly seen: string;
}

/** Node's own: its code, where a part of it is loaded only now, and how its threads wake each other. */
const NODES_OWN = /\.c?js[">]|\/package\.json[">]|\/node_modules["/>]|\/dist[">]|anon_inode:|^\d+<pipe:/;

/** Calls that libuv's thread makes and the main thread does not: those of that number can be told from the main one's. */
const POOLS_OWN = new Set(['rename', 'fsync', 'unlink', 'fchmod', 'fchown', 'write']);

/**
 * The faults to inject, by strace's log (`-f -y`) of a run without: from the first call that names a target on. ENOENT of
 * /proc is not among them: that is how the kernel says that a process has ended.
 *
 * @param target what the first call has in it
 * @param stdout the file that stdout is: of the writes, those to it
 */
export function faultsOf(log: string, target: string, stdout: string): Fault[] {
  const counts = new Map<string, number>();
  const faults: Fault[] = [];
  const main = /^\d+/.exec(log)?.[0];
  let begun = false;
  for (const line of log.split('\n')) {
    const [, pid, call = '', rest = ''] = /^(\d+) +([a-z_0-9]+)\((.*)$/.exec(line) ?? [];
    if (pid === undefined || (call === 'write' && !rest.includes(`<${stdout}>`))) continue;
    const when = (counts.get(`${pid} ${call}`) ?? 0) + 1;
    counts.set(`${pid} ${call}`, when);
    begun ||= call !== 'execve' && rest.includes(target);
    if (!begun || NODES_OWN.test(rest) || isAbovePackage(rest)) continue;
    const thread = pid === main ? 'main' : 'pool';
    if ((thread === 'pool') !== POOLS_OWN.has(call)) continue;
    if (isNoFault(call, '', rest)) continue;
    const seen = `${call}(${rest}`.slice(0, 160);
    for (const errno of ERRNOS[call] ?? [])
      if (!isNoFault(call, errno, rest)) faults.push({ call, when, errno, thread, seen });
  }
  return faults;
}

/**
 * Whether an errno is none that the call can have, or no fault but an answer: of /proc, ENOENT says that a process has
 * ended, and nothing is there to be flushed by close(2) (Node 20 aborts on that: ReadFileUtf8).
 */
function isNoFault(call: string, errno: string, rest: string): boolean {
  const ofProc = /[<"]\/proc[/>"](?!self\/fdinfo)/.test(rest.replace(/^AT_FDCWD<[^>]*>/, ''));
  return ofProc && (call === 'close' || errno === 'ENOENT');
}

/**
 * The call that failed, by the log of {@link injected}, since directories need not be read in the same order twice;
 * `null` where none did, or what failed is no fault.
 */
export function injectedCall(log: string, { call, errno }: Fault): string | null {
  const line = log.split('\n').find((each) => each.includes('(INJECTED)'));
  const rest = line === undefined ? undefined : /^(?:\d+ +)?[a-z_0-9]+\((.*)$/.exec(line)?.[1];
  return rest === undefined || isNoFault(call, errno, rest) || NODES_OWN.test(rest)
    ? null
    : `${call}(${rest}`;
}

/** Node looks for links in the path of what it loads. */
function isAbovePackage(call: string): boolean {
  const path = /"([^"]+)"/.exec(call)?.[1] ?? '';
  return path.startsWith('/') && path !== '/' && PACKAGE.startsWith(`${path}/`);
}

/** The words of the strace that injects that fault. Without `-f` it knows the main thread alone. */
export const injected = ({ call, when, errno, thread }: Fault, stdout: string, log: string): string[] => [
  ...['strace', '-D', '-qq', '-y', '-o', log, '-e', `trace=${call}`, '-e', 'signal=none'],
  ...(thread === 'pool' ? ['-f'] : []),
  ...(call === 'write' ? ['-P', stdout] : []),
  ...['-e', `inject=${call}:error=${errno}:when=${when}`, '--'],
];

/** A sample that the seed decides alone (mulberry32). */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return all
    .map((each) => [random(), each] as const)
    .toSorted(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, each]) => each);
}
