import { inMountNamespace } from '../support/wrap.ts';

const FILES = ['version', 'locks', 'filesystems', 'meminfo', 'cpuinfo', 'stat'];

/**
 * A mount namespace in which /proc shows these processes alone, and the command itself, so that each run makes the same
 * calls in the same order. Process 1, which nobody may look at in some sandboxes, is shown as 2 is, a thread of the
 * kernel. `script` is run there before; what runs in between, a strace, still has the whole of /proc.
 */
export function withFewProcesses(
  pids: readonly number[],
  script: string,
  between: readonly string[],
): string[] {
  const made = inMountNamespace(`${script}
    mount -t tmpfs none /mnt
    for p in 2 ${pids.join(' ')} $$; do mkdir /mnt/$p; mount --bind /proc/$p /mnt/$p; done
    mkdir /mnt/1 /mnt/sys; mount --bind /proc/2 /mnt/1; mount --bind /proc/sys /mnt/sys
    for f in ${FILES.join(' ')}; do touch /mnt/$f; mount --bind /proc/$f /mnt/$f; done
    ln -s $$ /mnt/self; ln -s $$/task/$$ /mnt/thread-self; ln -s self/mounts /mnt/mounts`);
  return [...made, ...between, ...inMountNamespace('mount --rbind /mnt /proc')];
}
