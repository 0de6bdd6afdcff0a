import { bytes } from '../linux/bytes.ts';
import type { Bytes } from '../model/model.ts';

/** The images in a work dir. Times in milliseconds since 1970. */
export interface ImageSet {
  readonly files: number;
  /** The sum of their st_size; a file with holes takes less of the disk. */
  readonly bytes: number;
  /** The earliest and the latest mtime. */
  readonly oldestMs: number;
  readonly newestMs: number;
  /** All of them were looked at. */
  readonly complete: boolean;
}

/**
 * Directories in a work dir where a caller lets CRIU put the images: podman's `checkpoint` and
 * `pre-checkpoint` (libpod/container.go), and what containerd's CRI unpacks (container_checkpoint_linux.go).
 */
export const IMAGE_DIRECTORIES: readonly Bytes[] = [
  bytes`checkpoint`,
  bytes`pre-checkpoint`,
  bytes`ctrd-checkpoint`,
];

/** The names in criu/image-desc.c all end so. */
const IMAGE = /\.img$/;

/**
 * Images that every checkpoint has, also an unfinished one: without any of them, `*.img` are other programs'
 * files.
 */
const TELLING = /^(?:inventory|pstree|(?:core|mm|ids|fdinfo|pagemap|pages)-\d+)\.img$/;

/** Whether a file's name is an image's: `certain`, or as any disk image can have it (`maybe`). */
export function imageByName(name: Bytes): 'certain' | 'maybe' | null {
  if (!IMAGE.test(name)) return null;
  return TELLING.test(name) ? 'certain' : 'maybe';
}
