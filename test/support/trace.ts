import { readFileSync } from 'node:fs';
import { straced } from './wrap.ts';

/** Every call that changes a file system, its mounts or a file; `?`: where this machine has it. */
const CHANGING = [
  'rmdir unlink unlinkat rename renameat renameat2 mkdir mkdirat mknod mknodat creat link linkat symlink symlinkat',
  'chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat',
  'truncate ftruncate fallocate copy_file_range sendfile',
  'setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr',
  'mount umount2 pivot_root chroot move_mount mount_setattr open_tree swapon io_uring_setup',
].flatMap((line) => line.split(' '));

/** Every call that opens a file. */
export const OPENING = ['open', 'openat', 'openat2'];
const TRACED = [...CHANGING, ...OPENING].map((call) => `?${call}`).join(',');

/** Under strace, which writes to the file what {@link changes} reads. */
export const traced = (log: string): string[] => straced(log, TRACED);

/** What of a trace changes something, or opens something to change it. `/dev/null` and pipes hold nothing. */
export function changes(log: string): string[] {
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\d+ +/, ''));
  const changing = new RegExp(`^(${CHANGING.join('|')})\\(`);
  const opening = /^open(at|at2)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)/;
  return calls.filter(
    (call) => changing.test(call) || (opening.test(call) && !/"\/dev\/(null|tty)"/.test(call)),
  );
}
