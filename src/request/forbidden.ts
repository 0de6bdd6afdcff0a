import { posix } from 'node:path';
import { asBytes } from '../linux/bytes.ts';
import { isPseudoFileSystem, type OwnMounts } from '../linux/mountinfo.ts';
import type { Bytes, Identity } from '../model/model.ts';

/** Whether nothing may ever be swept at a path: `/` itself, /proc, /sys and /dev (except /dev/shm). */
export function isForbidden(path: Bytes): boolean {
  const normal = posix
    .normalize(path)
    .replace(/^\/\//, '/')
    .replace(/(?<=.)\/$/, '');
  if (normal === '/') return true;
  if (isShm(asBytes(normal))) return false;
  return ['/proc', '/sys', '/dev'].some((top) => normal === top || normal.startsWith(`${top}/`));
}

function isShm(path: Bytes): boolean {
  return path === '/dev/shm' || path.startsWith('/dev/shm/');
}

/** Whether a directory lies in a kernel file system, by its st_dev, wherever that is mounted. */
export function isKernels(resolved: Bytes, { dev }: Identity, mounts: OwnMounts): boolean {
  if (isShm(resolved)) return false;
  return mounts.all.some(({ device, fsType }) => device === dev && isPseudoFileSystem(fsType));
}
