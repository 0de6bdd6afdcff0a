import type { StdioOptions } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from '../../errno.ts';

/** An open descriptor of ours: what /proc/self/fd and /proc/self/fdinfo say of it. */
export interface Descriptor {
  readonly fd: number;
  /** `pipe:[1234]`, `anon_inode:[eventpoll]`, or a path. */
  readonly leadsTo: string;
  readonly closedOnExec: boolean;
}

/**
 * The standard streams and the descriptors that our caller left open for the command (`criu --status-fd 5`,
 * `--inherit-fd fd[3]:…`), each under its own number. Node marks these to be closed as it starts, so they are named
 * again; without /proc there are only the standard streams.
 */
export function inheritedStdio(): StdioOptions {
  const stdio: ('inherit' | 'ignore' | number)[] = ['inherit', 'inherit', 'inherit'];
  for (const fd of callersOwn(openDescriptors())) {
    while (stdio.length < fd) stdio.push('ignore');
    stdio[fd] = fd;
  }
  return stdio;
}

/**
 * Which of our descriptors are not Node's own: Node has event queues, pipes of which it holds both ends, and
 * /dev/null once, opened after all that was inherited.
 */
export function callersOwn(descriptors: readonly Descriptor[]): readonly number[] {
  const marked = descriptors.filter(({ fd, closedOnExec }) => fd > 2 && closedOnExec);
  const ends = new Map<string, number>();
  for (const { leadsTo } of marked) ends.set(leadsTo, (ends.get(leadsTo) ?? 0) + 1);
  const nodesNull = marked.findLast(({ leadsTo }) => leadsTo === '/dev/null');
  return marked
    .filter((each) => {
      const { leadsTo } = each;
      if (leadsTo.startsWith('anon_inode:') || each === nodesNull) return false;
      return !(leadsTo.startsWith('pipe:') && (ends.get(leadsTo) ?? 0) > 1);
    })
    .map(({ fd }) => fd);
}

const O_CLOEXEC = 0o2000000;

function openDescriptors(): readonly Descriptor[] {
  try {
    const fds = readdirSync('/proc/self/fd').map(Number);
    return fds.sort((a, b) => a - b).flatMap(describe);
  } catch (error) {
    errnoOf(error);
    return [];
  }
}

/** None where it has been closed meanwhile, as the one that listed them has. */
function describe(fd: number): readonly Descriptor[] {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
    const closedOnExec = (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0;
    return [{ fd, leadsTo: readlinkSync(`/proc/self/fd/${fd}`), closedOnExec }];
  } catch (error) {
    errnoOf(error);
    return [];
  }
}
