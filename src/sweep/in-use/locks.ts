import { joinPath } from '../../linux/bytes.ts';
import { monotonicMs } from '../../linux/clock.ts';
import { makeDevice } from '../../linux/device.ts';
import type { OwnMounts } from '../../linux/mountinfo.ts';
import type { Seen } from '../../linux/proc.ts';
import { readProcText } from '../../linux/proc-text.ts';
import type { Candidate, Identity, Pause } from '../../model/model.ts';

const NOBODY: readonly number[] = [];

/** Who holds, or waits for, a lock on which file, by /proc/locks (proc_locks(5)). */
export class Locks {
  readonly #holders = new Map<string, Set<number>>();
  /** Those that are locked, on whatever device. */
  readonly #inodes = new Set<number | bigint>();
  readonly #mounts: OwnMounts;

  /** @param mounts to know a file system's own device number, which stat(2) does not tell everywhere (btrfs) */
  constructor(mounts: OwnMounts) {
    this.#mounts = mounts;
  }

  /** Takes in lines of /proc/locks. */
  add(text: string): void {
    for (const line of text.split('\n')) {
      const lock = /^\d+:\s+(?:->\s+)?\S+\s+\S+\s+\S+\s+(-?\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/.exec(line);
      if (lock === null) continue;
      const [, pid = '', major = '', minor = '', ino = ''] = lock;
      const key = `${makeDevice(Number.parseInt(major, 16), Number.parseInt(minor, 16))}/${ino}`;
      this.#inodes.add(inodeOf(ino));
      this.#holders.set(key, (this.#holders.get(key) ?? new Set()).add(Number(pid)));
    }
  }

  /** Files that are locked. */
  get size(): number {
    return this.#holders.size;
  }

  /** The processes, ourselves left out, that hold a lock on a file. @param place where it lies, to know its mount by */
  of(file: Identity, { parent, name }: Pick<Candidate, 'parent' | 'name'>): readonly number[] {
    if (!this.#inodes.has(file.ino)) return NOBODY;
    const devices = new Set([file.dev, this.#mounts.containing(joinPath(parent.path, name))?.device]);
    const pids = new Set<number>();
    for (const device of devices) {
      for (const pid of this.#holders.get(`${device}/${file.ino}`) ?? [])
        if (pid !== process.pid) pids.add(pid);
    }
    return [...pids];
  }
}

/** Locks remembered at most, and the time their reading may take, in milliseconds. */
const MOST_LOCKS = 100_000;
const PATIENCE_MS = 1500;

/**
 * Reads the locks of the host; none where there is no /proc/locks (ENOENT: a kernel without, CONFIG_FILE_LOCKING).
 *
 * Each page that is read costs the kernel a walk over all locks before it (locks_start in fs/locks.c), and others can
 * hold very many: 150,000 take minutes. So there is an end to it, and the answer is `too-many`.
 */
export function* readLocks(locks: Locks): Generator<Pause, Seen<void>, void> {
  const end = monotonicMs() + PATIENCE_MS;
  const goOn = (): boolean => locks.size < MOST_LOCKS && monotonicMs() < end;
  const read = yield* readProcText('/proc/locks', { goOn }, (lines) => locks.add(lines));
  if (read.seen === 'gone') return { seen: 'yes', value: undefined };
  return read.seen === 'hidden' && read.code === 'too-long' ? { ...read, code: TOO_MANY } : read;
}

/** The code that says that there are more locks than are read. */
export const TOO_MANY = 'too-many';

/** As lstat's facts have it: a bigint where a number would not be exact. */
function inodeOf(decimal: string): number | bigint {
  const ino = Number(decimal);
  return Number.isSafeInteger(ino) ? ino : BigInt(decimal);
}
