import type { OwnMounts } from '../linux/own-mounts.ts';
import type { Facts } from '../model/model.ts';

/** Hard links of a directory that has no subdirectory: its own name, and its `.`. */
const NO_SUBDIRECTORY = 2;

/**
 * Bytes of st_size that a directory on ext4 has for 65,000 names of one byte at least (EXT4_LINK_MAX;
 * ext4_dir_entry_2 in fs/ext4/ext4.h). With more subdirectories the count stays at 1, and it could come to 2 again
 * where the index of directories was switched off since (ext4_inc_count in fs/ext4/namei.c). Directories on
 * ext4 do not shrink.
 */
const OVERFLOWED_ON_EXT4 = 65_000 * 12;

/**
 * Whether lstat's facts say that a directory has no subdirectory. The number of links is trusted only where the
 * file system keeps it exactly. btrfs says 1 of every directory, overlay of merged ones (ovl_getattr in
 * fs/overlayfs/inode.c); FUSE and network file systems say what their server says.
 *
 * @param mounts tell the file system, by st_dev. One that they do not know is not trusted
 */
export function hasNoSubdirectory({ nlink, dev, size }: Facts, mounts: OwnMounts): boolean {
  if (nlink !== NO_SUBDIRECTORY) return false;
  switch (mounts.fsTypeOf(dev)) {
    case 'tmpfs':
    case 'xfs':
      return true;
    case 'ext4':
      return size < OVERFLOWED_ON_EXT4;
    default:
      return false;
  }
}
