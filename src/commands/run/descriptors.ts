import type { StdioOptions } from 'node:child_process';
import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describeErrno, errnoOf } from '../../linux/errno.ts';
import { STDERR } from '../../output/standard-streams.ts';

/** An open descriptor of ours: what /proc/self/fd and /proc/self/fdinfo say of it. */
export interface Descriptor {
  readonly fd: number;
  /** `pipe:[1234]`, `anon_inode:[eventpoll]`, or a path. */
  readonly leadsTo: string;
  /** The flags of open(2) and O_CLOEXEC. */
  readonly flags: number;
}

/**
 * The standard streams and the descriptors that our caller left open for the command (`criu --status-fd 5`,
 * `--inherit-fd fd[3]:…`), each under its own number. Node marks these to be closed as it starts, so they are
 * named again; without /proc there are only the standard streams.
 *
 * @param complain says it where they could not be listed
 */
export function inheritedStdio(complain: (message: string) => void): StdioOptions {
  const stdio: ('inherit' | 'ignore' | number)[] = ['inherit', 'inherit', 'inherit'];
  for (const fd of callersOwn(openDescriptors(complain))) {
    while (stdio.length < fd) stdio.push('ignore');
    stdio[fd] = fd;
  }
  return stdio;
}

/**
 * The descriptors that libuv opens for its event loops, besides pipes of which it holds both ends
 * (epoll_create1(2), eventfd(2)).
 */
const LIBUVS = ['anon_inode:[eventpoll]', 'anon_inode:[eventfd]', 'anon_inode:[io_uring]'];

/** Which of our descriptors are not Node's own. */
export function callersOwn(descriptors: readonly Descriptor[]): readonly number[] {
  const marked = descriptors.filter(({ fd, flags }) => fd > 2 && (flags & O_CLOEXEC) !== 0);
  const ends = new Set(marked.map(({ leadsTo, flags }) => `${leadsTo} ${flags & O_ACCMODE}`));
  const hasBothEnds = (leadsTo: string): boolean =>
    [constants.O_RDONLY, constants.O_WRONLY].every((mode) => ends.has(`${leadsTo} ${mode}`));
  return marked
    .filter(
      ({ leadsTo }) => !LIBUVS.includes(leadsTo) && !(leadsTo.startsWith('pipe:') && hasBothEnds(leadsTo)),
    )
    .map(({ fd }) => fd);
}

/** Node's constants have neither (asm-generic/fcntl.h). */
const O_CLOEXEC = 0o2000000;
const O_ACCMODE = 0o3;

/** Our open descriptors; none without /proc (ENOENT). Every other errno is complained of. */
function openDescriptors(complain: (message: string) => void): readonly Descriptor[] {
  try {
    const fds = readdirSync('/proc/self/fd').map(Number);
    return fds.sort((a, b) => a - b).flatMap((fd) => describe(fd, complain));
  } catch (error) {
    const { code } = errnoOf(error);
    if (code !== 'ENOENT')
      complain(`the command gets none of our descriptors but the standard streams: ${describeErrno(code)}`);
    return [];
  }
}

/**
 * One descriptor; none if it has been closed meanwhile (ENOENT), as the one that listed them has. Every other
 * errno is complained of.
 */
function describe(fd: number, complain: (message: string) => void): readonly Descriptor[] {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
    return [{ fd, leadsTo: readlinkSync(`/proc/self/fd/${fd}`), flags: Number.parseInt(flags, 8) }];
  } catch (error) {
    const { code } = errnoOf(error);
    if (code !== 'ENOENT' && fd > STDERR)
      complain(`the command does not get our descriptor ${fd}: ${describeErrno(code)}`);
    return [];
  }
}
