import { bytes } from '../linux/bytes.ts';
import type { Mount } from '../linux/mountinfo.ts';
import type { Bytes } from '../model/model.ts';
import { shellCommand } from '../output/shell-words.ts';

/**
 * The mounts on a directory and below it, in the order in which they can be unmounted. A mount inside another
 * one, or stacked on it, comes before it; a mount that covers others comes before those.
 *
 * @param mounts of our own namespace
 */
export function unmountOrder(mounts: readonly Mount[], directory: Bytes): readonly Mount[] {
  const within = mounts.filter(
    ({ mountPoint }) => mountPoint === directory || mountPoint.startsWith(`${directory}/`),
  );
  const ids = new Set(within.map(({ id }) => id));
  const ordered: Mount[] = [];
  const visit = (mount: Mount): void => {
    for (const child of childrenOf(mount, within)) visit(child);
    ordered.push(mount);
  };
  for (const mount of within.filter(({ parent }) => !ids.has(parent)).sort(coveringFirst)) visit(mount);
  return ordered;
}

function childrenOf(mount: Mount, within: readonly Mount[]): readonly Mount[] {
  return within.filter(({ id, parent }) => parent === mount.id && id !== mount.id).sort(coveringFirst);
}

/** Compares two mounts made in one mount: one on a directory above hides one on a directory below. */
function coveringFirst(a: Mount, b: Mount): number {
  return a.mountPoint < b.mountPoint ? -1 : a.mountPoint > b.mountPoint ? 1 : 0;
}

/** The command that unmounts these, quoted for a shell. umount(8) takes them one after the other. */
export function unmountCommand(ordered: readonly Mount[]): string {
  return shellCommand([bytes`umount`, ...ordered.map(({ mountPoint }) => mountPoint)]);
}
