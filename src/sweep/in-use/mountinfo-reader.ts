import { bytes } from '../../linux/bytes.ts';
import { parseMountinfo } from '../../linux/mountinfo.ts';
import { readProcText } from '../../linux/proc-text.ts';
import type { Seen } from '../../linux/seen.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes } from '../../model/model.ts';
import type { MountedNames } from './mounted-names.ts';

/** Limits of bytes read: of one mountinfo (some 100,000 mounts), and of all of them. */
const MOST_OF_ONE = 32 * 1024 * 1024;
const MOST_OF_ALL = 256 * 1024 * 1024;

/**
 * Errnos for the mountinfo of a zombie, which has no namespace any more (mounts_open_common in
 * fs/proc_namespace.c).
 */
const GONE = ['ENOENT', 'ESRCH', 'EINVAL'];

/** Reads the mountinfo of tasks, as long as it is not too much in all. */
export class MountinfoReader {
  readonly #names: MountedNames;
  #bytes = 0;

  /** @param names takes the names in the mounts */
  constructor(names: MountedNames) {
    this.#names = names;
  }

  /**
   * Reads what a task sees. Returns the IDs of the mounts at its `/`.
   *
   * @param pinned called with each mount namespace that is kept by a bind mount there
   */
  *read(
    entry: Bytes,
    pinned: (namespace: Bytes, mountPoint: Bytes) => void,
  ): Generator<Pause, Seen<readonly number[]>, void> {
    const atRoot: number[] = [];
    const before = this.#bytes;
    const goOn = (bytes: number): boolean => {
      this.#bytes = before + bytes;
      return bytes <= MOST_OF_ONE && this.#bytes <= MOST_OF_ALL;
    };
    const read = yield* readProcText(bytes`/proc/${entry}/mountinfo`, { goOn, gone: GONE }, (lines) => {
      this.#names.add(lines);
      for (const [, id] of lines.matchAll(/^(\d+) \d+ [^ ]+ [^ ]+ \/ /gm)) atRoot.push(Number(id));
      if (!lines.includes(' mnt:[')) return;
      for (const { fsType, root, mountPoint } of parseMountinfo(lines))
        if (fsType === 'nsfs') pinned(root, mountPoint);
    });
    return read.kind === 'seen' ? { kind: 'seen', value: atRoot } : read;
  }
}
