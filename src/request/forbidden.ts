import { posix } from 'node:path';
import { isPseudoFileSystem } from '../linux/mountinfo.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { Bytes, Identity } from '../model/model.ts';

/** The places that belong to the kernel, and are never swept. */
const KERNEL_PATHS = ['/proc', '/sys', '/dev'];
/** The exception: a tmpfs for everybody's files. */
const SHM = '/dev/shm';

/** Whether a path is refused as a target: `/` itself, /proc, /sys and /dev (except /dev/shm). */
export function isForbidden(path: Bytes): boolean {
  const normal = normalPath(path);
  return normal === '/' || isKernels(normal);
}

/**
 * Whether nothing may be removed from a directory, by its path: /proc, /sys and /dev (except /dev/shm). `/`
 * is allowed: a leftover in it can be named.
 */
export function isKernelPath(path: Bytes): boolean {
  return isKernels(normalPath(path));
}

function isKernels(normal: string): boolean {
  return !liesIn(normal, SHM) && KERNEL_PATHS.some((top) => liesIn(normal, top));
}

/** Whether a walk may not pass through a directory: as {@link isKernelPath}, but /dev leads to /dev/shm. */
export function isClosedToWalks(path: Bytes): boolean {
  return path !== '/dev' && isKernelPath(path);
}

/** Whether a directory lies in a kernel file system, by its st_dev, wherever that is mounted. */
export function isKernelFileSystem(resolved: Bytes, { dev }: Identity, mounts: OwnMounts): boolean {
  if (liesIn(resolved, SHM)) return false;
  return mounts.all.some(({ device, fsType }) => device === dev && isPseudoFileSystem(fsType));
}

/** A path without `.`, `..`, doubled slashes and a slash at its end. Links are not resolved. */
export function normalPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
}

/** Whether a normal path is a directory or lies in it. */
function liesIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
