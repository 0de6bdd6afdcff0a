import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

/** A file system in a file, mounted. */
export interface Loop {
  readonly directory: string;
  /** Unmounts it, and removes the file. */
  close(): void;
}

/** Bytes of the file, of which only what is written takes room. */
const SIZE = '20G';

/**
 * Makes a file system in a file below `parent` and mounts it (root).
 * @throws Error with the words of mkfs or mount.
 */
export function openLoop(kind: 'xfs' | 'btrfs', parent: string): Loop {
  const home = mkdtempSync(path.join(parent, 'criu-sweep-bench-loop.'));
  const [image, directory] = [path.join(home, 'image'), path.join(home, 'on')];
  const call = (file: string, ...args: string[]) =>
    execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  mkdirSync(directory);
  try {
    call('truncate', '-s', SIZE, image);
    call(`mkfs.${kind}`, image);
    call('mount', '-o', 'loop', image, directory);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  return {
    directory,
    close() {
      call('umount', directory);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
