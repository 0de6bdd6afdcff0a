import { bytes } from '../../linux/bytes.ts';
import { sameFile, statPath } from '../../linux/lstat.ts';
import { readLink } from '../../linux/magic-link.ts';
import { isFuse, type Mount, parseMountinfo } from '../../linux/mountinfo.ts';
import { type OwnMounts, readOwnMounts } from '../../linux/own-mounts.ts';
import { effectiveUidOf } from '../../linux/proc.ts';
import { readProcText } from '../../linux/proc-text.ts';
import { attempt } from '../../linux/seen.ts';
import type { Bytes, Identity } from '../../model/model.ts';
import { isKernelPath } from '../../request/forbidden.ts';

/** A directory that a process works in. */
export interface PlaceSeen {
  /** Absolute, no component of it a link. */
  readonly path: Bytes;
  readonly identity: Identity;
}

const ROOT = 0;

/** More of a mountinfo than this is not read. Bytes. */
const MOST_MOUNTINFO = 4 * 1024 * 1024;

/**
 * The directory that a process works in, where we reach the same one by the same path. `null`: it has none by
 * now; it is another root's or mount namespace's, or a kernel file system's; the process is neither root's
 * nor ours, so that what it leaves is not ours to remove; or a file system of a user's own (FUSE) lies on the
 * way, which may never answer. Nothing is held open.
 *
 * @param path the text of its working directory's link
 * @param uid our effective user
 */
export function placeSeen(pid: number, path: Bytes, uid: number): PlaceSeen | null {
  if (!path.startsWith('/') || isKernelPath(path)) return null;
  const owner = effectiveUidOf(pid);
  if (owner !== ROOT && owner !== uid) return null;
  if (!answers(pid, path)) return null;
  const there = attempt(() => statPath(bytes`/proc/${pid}/cwd`));
  const here = attempt(() => statPath(path));
  if (there.kind !== 'seen' || here.kind !== 'seen' || !sameFile(there.value, here.value)) return null;
  return { path, identity: { dev: here.value.dev, ino: here.value.ino } };
}

/** Whether nobody's FUSE can be asked, here or where the process is. */
function answers(pid: number, path: Bytes): boolean {
  const own = readOwnMounts();
  if (own.failure !== null || isOnFuse(own, path)) return false;
  const [ours, its] = ['self', pid].map((each) => readLink(`/proc/${each}/ns/mnt`));
  if (ours?.kind !== 'seen' || its?.kind !== 'seen') return false;
  // Of another namespace we do not know which of its mounts a path passes.
  return ours.value === its.value || mountsOf(pid)?.every((mount) => !isFuse(mount.fsType)) === true;
}

/** Whether a path passes a FUSE, also one that another mount lies in. */
export function isOnFuse(mounts: OwnMounts, path: Bytes): boolean {
  return mounts.all.some(
    (mount) =>
      isFuse(mount.fsType) && `${path}/`.startsWith(mount.mountPoint === '/' ? '/' : `${mount.mountPoint}/`),
  );
}

/** `null`: they could not all be read. */
function mountsOf(pid: number): readonly Mount[] | null {
  const mounts: Mount[] = [];
  const reading = readProcText(
    bytes`/proc/${pid}/mountinfo`,
    { goOn: (bytes) => bytes < MOST_MOUNTINFO },
    (lines) => mounts.push(...parseMountinfo(lines)),
  );
  for (let step = reading.next(); ; step = reading.next())
    if (step.done === true) return step.value.kind === 'seen' ? mounts : null;
}
