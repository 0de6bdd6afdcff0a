import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { assertErrno, errnoOf } from './errno.ts';
import { isProcMounted } from './proc.ts';

/** O_PATH: opens a directory without any right to it (open(2); include/uapi/asm-generic/fcntl.h). */
export const O_PATH = 0o10000000;

/** Bytes of fdinfo that are enough for mnt_id: `pos`, `flags` and `mnt_id` come first (fs/proc/fd.c). */
const ENOUGH = 256;

/**
 * A descriptor number, and its open fdinfo. Read from its start, the fdinfo tells about whatever has this
 * number then.
 */
interface Watched {
  readonly fd: number;
  readonly info: number;
}

/** Descriptors below which none is kept open only to be faster. */
const FEW_DESCRIPTORS = 64;

let scarce: boolean | null = null;

/** Whether this process may open only a few, by its soft limit; so too if that cannot be read. */
function descriptorsAreScarce(): boolean {
  scarce ??= softLimit() < FEW_DESCRIPTORS;
  return scarce;
}

function softLimit(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 0);
  } catch (error) {
    assertErrno(error);
    return 0;
  }
}

/**
 * Tells which mount we stand in. One fdinfo is kept open between calls: open(2) returns the lowest free
 * number, which is nearly always the same, and that saves half of the calls. Close it after use.
 */
export class MountIds {
  readonly #text = Buffer.alloc(ENOUGH);
  #watched: Watched | null = null;

  /**
   * The ID, as in mountinfo, of the mount that the directory we stand in lies in (proc_pid_fdinfo(5)). It is
   * right whatever is renamed or mounted meanwhile. Neither st_dev nor a path can tell a bind mount of the
   * same file system from its surroundings. `null`: no /proc is mounted. Throws the errno of open(2), read(2)
   * or close(2), or ENODATA if /proc does not show our descriptors.
   */
  here(): number | null {
    const directory = openSync('.', O_PATH | constants.O_DIRECTORY);
    try {
      const info = this.#infoOf(directory);
      const id = info === null ? undefined : /^mnt_id:\t(\d+)$/m.exec(this.#read(info))?.[1];
      return id === undefined ? null : Number(id);
    } finally {
      closeSync(directory);
      if (descriptorsAreScarce()) this.close();
    }
  }

  /** Closes the fdinfo. Nothing was written to it, so nothing is lost whatever close(2) returns. */
  close(): void {
    const { info } = this.#watched ?? {};
    this.#watched = null;
    try {
      if (info !== undefined) closeSync(info);
    } catch (error) {
      assertErrno(error);
    }
  }

  /**
   * The open fdinfo of a descriptor; `null` if no /proc is mounted. ENOENT of one file is not enough to say
   * so: /proc/self must be missing too.
   */
  #infoOf(fd: number): number | null {
    if (this.#watched?.fd === fd) return this.#watched.info;
    this.close();
    try {
      const info = openSync(`/proc/self/fdinfo/${fd}`, constants.O_RDONLY);
      this.#watched = { fd, info };
      return info;
    } catch (error) {
      if (errnoOf(error).code !== 'ENOENT') throw error;
      if (!isProcMounted()) return null;
      // Not ENOENT: that would say that the directory is missing.
      throw Object.assign(new Error('no fdinfo'), { code: 'ENODATA', errno: -61, syscall: 'open' });
    }
  }

  #read(info: number): string {
    return this.#text.toString('latin1', 0, readSync(info, this.#text, 0, ENOUGH, 0));
  }
}
