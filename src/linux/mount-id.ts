import { closeSync, constants, openSync, readSync } from 'node:fs';
import { errnoOf } from './errno.ts';
import { lstatName } from './lstat.ts';

/** Opens a directory to point at it, for which no right on it is needed (open(2); include/uapi/asm-generic/fcntl.h). */
const O_PATH = 0o10000000;

/** Bytes of a directory's fdinfo that hold its mnt_id: `pos`, `flags` and `mnt_id` come first (fs/proc/fd.c). */
const ENOUGH = 256;

/** A descriptor, and its fdinfo opened: read from its start, that tells of whatever has this number then. */
interface Watched {
  readonly fd: number;
  readonly info: number;
}

/**
 * Tells which mount we stand in. An fdinfo is kept open from one time to the next, since open(2) hands out the lowest
 * number that is free, which is nearly always the same: that spares half of the calls. Close it.
 */
export class MountIds {
  readonly #text = Buffer.alloc(ENOUGH);
  #watched: Watched | null = null;

  /**
   * The ID of the mount that the directory we stand in lies in, as in mountinfo (proc_pid_fdinfo(5)). Whatever is
   * renamed or mounted meanwhile, it is that of the directory itself: neither st_dev nor a path tells a bind mount of
   * the same file system from what surrounds it. `null`: there is no /proc that says it. Throws the errno of open(2),
   * read(2) or close(2).
   */
  here(): number | null {
    const directory = openSync('.', O_PATH | constants.O_DIRECTORY);
    try {
      const info = this.#infoOf(directory);
      const id = info === null ? undefined : /^mnt_id:\t(\d+)$/m.exec(this.#read(info))?.[1];
      return id === undefined ? null : Number(id);
    } finally {
      closeSync(directory);
    }
  }

  /** Lets go of what is kept open. Nothing was written to it, so whatever close(2) says, nothing is lost. */
  close(): void {
    const { info } = this.#watched ?? {};
    this.#watched = null;
    try {
      if (info !== undefined) closeSync(info);
    } catch (error) {
      errnoOf(error);
    }
  }

  /** `null` where no /proc is mounted. ENOENT of one file does not say so: /proc/self must not be there either. */
  #infoOf(fd: number): number | null {
    if (this.#watched?.fd === fd) return this.#watched.info;
    this.close();
    try {
      const info = openSync(`/proc/self/fdinfo/${fd}`, constants.O_RDONLY);
      this.#watched = { fd, info };
      return info;
    } catch (error) {
      if (errnoOf(error).code === 'ENOENT' && lstatName('/proc/self') === null) return null;
      throw error;
    }
  }

  #read(info: number): string {
    return this.#text.toString('latin1', 0, readSync(info, this.#text, 0, ENOUGH, 0));
  }
}
