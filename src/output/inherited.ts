import { fstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { assertErrno } from '../linux/errno.ts';
import { O_PATH } from '../linux/mount-id.ts';
import { STDERR } from './standard-streams.ts';

const O_ACCMODE = 0o3;
const O_RDONLY = 0o0;
const O_WRONLY = 0o1;

/** The reason why nothing may be written to a descriptor of this process. */
export type Unusable = 'not open' | 'not open for writing' | "Node's own" | 'unknown without /proc';

/**
 * The reason why a descriptor is not one that we inherited open for writing; `null`: it is one. FD_CLOEXEC
 * does not tell, because Node sets it on all descriptors when it starts. But Node's own writable descriptors
 * are only epolls, eventfds and io_urings (anonymous inodes), and pipes of which it holds both ends.
 */
export function whyUnusable(fd: number): Unusable | null {
  try {
    fstatSync(fd);
  } catch (error) {
    // EBADF, or any other errno, of a broken file system: no report goes there.
    assertErrno(error);
    return 'not open';
  }
  const own = describe(fd);
  if (own === null) return fd <= STDERR ? null : 'unknown without /proc';
  if (own.access === O_RDONLY) return 'not open for writing';
  if (own.leadsTo.startsWith('anon_inode:')) return "Node's own";
  return own.leadsTo.startsWith('pipe:') && fd > STDERR && holdsReadingEnd(own.leadsTo) ? "Node's own" : null;
}

interface Descriptor {
  readonly leadsTo: string;
  readonly access: number;
}

function describe(fd: number | string): Descriptor | null {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    if (flags === undefined) return null;
    const bits = Number.parseInt(flags, 8);
    const access = (bits & O_PATH) !== 0 ? O_RDONLY : bits & O_ACCMODE;
    return { leadsTo: readlinkSync(`/proc/self/fd/${fd}`, 'latin1'), access };
  } catch (error) {
    // Whatever the errno: closed meanwhile, or /proc does not tell.
    assertErrno(error);
    return null;
  }
}

/** Whether this process holds the reading end of a pipe: it is Node's own, or both ends were inherited. */
function holdsReadingEnd(pipe: string): boolean {
  return readdirSync('/proc/self/fd').some((name) => {
    const other = Number(name) > STDERR ? describe(name) : null;
    return other !== null && other.leadsTo === pipe && other.access !== O_WRONLY;
  });
}
