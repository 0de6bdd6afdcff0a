import { readFileSync } from 'node:fs';
import { joinPath } from '../../bytes.ts';
import type { Candidate, Identity } from '../../model.ts';
import { makeDevice } from '../device.ts';
import type { OwnMounts } from '../mountinfo.ts';
import { look } from './proc.ts';

const NOBODY: readonly number[] = [];

/** Who holds, or waits for, a lock on which file, by /proc/locks (proc_locks(5)). */
export class Locks {
  readonly #holders = new Map<string, Set<number>>();
  /** Those that are locked, on whatever device. */
  readonly #inodes = new Set<number | bigint>();
  readonly #mounts: OwnMounts;

  /** @param mounts to know a file system's own device number, which stat(2) does not tell everywhere (btrfs) */
  constructor(text: string, mounts: OwnMounts) {
    this.#mounts = mounts;
    for (const line of text.split('\n')) {
      const lock = /^\d+:\s+(?:->\s+)?\S+\s+\S+\s+\S+\s+(-?\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/.exec(line);
      if (lock === null) continue;
      const [, pid = '', major = '', minor = '', ino = ''] = lock;
      const key = `${makeDevice(Number.parseInt(major, 16), Number.parseInt(minor, 16))}/${ino}`;
      this.#inodes.add(inodeOf(ino));
      this.#holders.set(key, (this.#holders.get(key) ?? new Set()).add(Number(pid)));
    }
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

/** The locks of the host; none where there is no /proc/locks to read. */
export function readLocks(mounts: OwnMounts): Locks {
  const text = look(() => readFileSync('/proc/locks', 'latin1'));
  return new Locks(text.seen === 'yes' ? text.value : '', mounts);
}

/** As lstat's facts have it: a bigint where a number would not be exact. */
function inodeOf(decimal: string): number | bigint {
  const ino = Number(decimal);
  return Number.isSafeInteger(ino) ? ino : BigInt(decimal);
}
