import { bytes, joinPath } from '../../linux/bytes.ts';
import { monotonicMs } from '../../linux/clock.ts';
import { makeDevice } from '../../linux/device.ts';
import { parseInode } from '../../linux/lstat.ts';
import type { OwnMounts } from '../../linux/own-mounts.ts';
import { readProcText } from '../../linux/proc-text.ts';
import type { Seen } from '../../linux/seen.ts';
import type { Pause } from '../../model/events.ts';
import type { Candidate, Identity } from '../../model/model.ts';

const NOBODY: readonly number[] = [];

/** The processes that hold or wait for a lock, by file, as in /proc/locks (proc_locks(5)). */
export class Locks {
  readonly #holders = new Map<string, Set<number>>();
  /** Inode numbers of locked files, on any device. */
  readonly #inodes = new Set<number | bigint>();
  readonly #mounts: OwnMounts;

  /** @param mounts tell a file system's own device number, which stat(2) does not tell everywhere (btrfs) */
  constructor(mounts: OwnMounts) {
    this.#mounts = mounts;
  }

  /** Adds lines of /proc/locks. */
  add(text: string): void {
    for (const line of text.split('\n')) {
      const lock = /^\d+:\s+(?:->\s+)?\S+\s+\S+\s+\S+\s+(-?\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/.exec(line);
      if (lock === null) continue;
      const [, pid = '', major = '', minor = '', ino = ''] = lock;
      const key = `${makeDevice(Number.parseInt(major, 16), Number.parseInt(minor, 16))}/${ino}`;
      this.#inodes.add(parseInode(ino));
      this.#holders.set(key, (this.#holders.get(key) ?? new Set()).add(Number(pid)));
    }
  }

  /** The number of locked files. */
  get size(): number {
    return this.#holders.size;
  }

  /**
   * The processes that hold or wait for a lock on a file, except ourselves.
   *
   * @param place where the file lies, to find its mount
   */
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

/** Limits: locks remembered, and milliseconds that reading them may take. */
const MOST_LOCKS = 100_000;
const PATIENCE_MS = 1500;

/**
 * Reads the locks of the host. There are none if /proc/locks does not exist (ENOENT: a kernel without
 * CONFIG_FILE_LOCKING).
 *
 * For each page that is read the kernel walks over all locks before it (locks_start in fs/locks.c), and
 * others can hold very many: 150,000 take minutes. So reading stops at a limit, and then the answer is
 * `too-many`.
 */
export function* readLocks(locks: Locks): Generator<Pause, Seen<void>, void> {
  const end = monotonicMs() + PATIENCE_MS;
  const goOn = (): boolean => locks.size < MOST_LOCKS && monotonicMs() < end;
  const read = yield* readProcText(bytes`/proc/locks`, { goOn }, (lines) => locks.add(lines));
  if (read.kind === 'gone') return { kind: 'seen', value: undefined };
  return read.kind === 'hidden' && read.code === 'too-long' ? { ...read, code: TOO_MANY } : read;
}

/** The code for more locks than we read. */
export const TOO_MANY = 'too-many';
