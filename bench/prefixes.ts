/** CRIU's mkdtemp prefixes, which every contestant looks for; the most common leftover first. */
export const PREFIXES = [
  '.criu.temp-aa-policy.',
  '.criu.cgyard.',
  '.criu.cgmounts.',
  'crtools-sys.',
  'crtools-proc.',
  'cr-tmpfs.',
  '.criu.mntns.',
  'crtools-put-root.',
  '.criu.mnt.',
  '.criu.move_mount_set_group.',
] as const;

/**
 * Those that grow.c makes leftovers of: CRIU never mounts anything on them, so that our command removes them also
 * where it may not look into every process. The first is nine of ten.
 */
export const GROWN = ['.criu.temp-aa-policy.', 'crtools-sys.', 'crtools-put-root.'] as const;
