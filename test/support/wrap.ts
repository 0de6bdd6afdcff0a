import { writeFileSync } from 'node:fs';
import { BIN } from './command.ts';

/**
 * Programs to run the command in, for `RunOptions.wrap`. They join by concatenation, the outer one first:
 * `[...inMountNamespace('mount -t tmpfs none "$T"'), ...asUser(65534)]`. All but `straced` and `inPidNamespace`
 * become the command by exec, so that a signal sent to the child reaches it.
 */

/** As another user, in no supplementary group; both ids numeric. */
export const asUser = (uid: number, gid: number = uid): string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--',
];

/** With at most so many open descriptors. */
export const withDescriptors = (count: number): string[] => ['prlimit', `--nofile=${count}:${count}`, '--'];

/** After a POSIX shell ran this script (`umask 0777`, `cd x && rmdir ../x`) in the same process. */
export const after = (script: string): string[] => ['sh', '-c', `${script}\nexec "$@"`, 'sh'];

/** In a mount namespace of its own, from which nothing propagates, after this script ran there as a shell's. */
export const inMountNamespace = (script = ':'): string[] => [
  'unshare',
  '--mount',
  '--propagation=private',
  '--',
  ...after(`set -e\n${script}`),
];

/** In a pid namespace of its own with its own /proc, as process 1. */
export const inPidNamespace = (): string[] => [
  'unshare',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
  '--',
];

/** Under strace, which writes these system calls (strace's `-e trace=`) of all threads to the file. */
export const straced = (log: string, calls: string): string[] => [
  'strace',
  '-D',
  '-f',
  '-qq',
  '-s',
  '4096',
  '-o',
  log,
  '-e',
  `trace=${calls}`,
  '-e',
  'signal=none',
  '--',
];

/** One word for a POSIX shell, whatever is in it. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Its stdout into a program given as a shell's word list (`head -1`); ends as the command ended. */
export const pipedInto = (reader: string): string[] => [
  'bash',
  '-c',
  `"$@" | ${reader}\nexit "\${PIPESTATUS[0]}"`,
  'bash',
];

/**
 * The argv that runs the command on a terminal of its own (script(1)); what it printed is stdout of that, with
 * CR LF line ends. Streams that are redirected (`'>out'`, `'2>err'`) are no terminal.
 */
export function onTerminal(args: readonly string[], redirect = ''): string[] {
  const line = ['exec', ...[process.execPath, BIN, ...args].map(quoted), redirect].join(' ');
  return ['script', '--quiet', '--return', '--echo=never', '--command', line, '/dev/null'];
}

/**
 * The argv that runs the command with arguments that are bytes, one character each, by way of a script written to
 * `file`: Node's spawn would encode them as UTF-8.
 */
export function withByteArguments(file: string, args: readonly string[]): string[] {
  const words = [process.execPath, BIN].map((word) => Buffer.from(word).toString('latin1'));
  writeFileSync(file, `exec ${[...words, ...args].map(quoted).join(' ')}\n`, 'latin1');
  return ['sh', file];
}

/** With a system call that fails, by strace: `when` is the first, `3`, or all from the third on, `3+`. */
export const failing = (call: string, errno: string, when: string): string[] => [
  ...['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', 'signal=none'],
  ...['-e', `inject=${call}:error=${errno}:when=${when}`, '--'],
];
