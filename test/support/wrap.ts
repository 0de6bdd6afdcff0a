import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { needHere } from './abilities.ts';
import { COMMAND, NODE, PACKAGE } from './command.ts';

/**
 * Programs to run the command in, for `RunOptions.wrap`. They join by concatenation, the outer one first:
 * `[...inMountNamespace('mount -t tmpfs none "$T"'), ...asUser(65534)]`. All but `straced` and `inPidNamespace`
 * become the command by exec, so that a signal sent to the child reaches it.
 */

/** As another user, in no supplementary group; both ids numeric. He reaches this package and Node wherever they lie. */
export function asUser(uid: number, gid: number = uid): string[] {
  needHere('root', 'setpriv');
  return [...inReach(), 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
}

/** A wrap in which other users reach this package and Node also where root has them in its closed home. */
function inReach(): string[] {
  const wanted = [PACKAGE.replace(/\/$/, ''), dirname(dirname(NODE))];
  const closed = wanted.flatMap((path) => closedAbove(path) ?? []);
  if (closed.length === 0) return [];
  const hidden = wanted.filter((path) => closed.some((above) => path.startsWith(`${above}/`)));
  return inMountNamespace(
    [
      ...hidden.map((path, n) => `exec ${n + 3}<${quoted(path)}`),
      ...[...new Set(closed)].map((above) => `mount -t tmpfs -o mode=0711 none ${quoted(above)}`),
      ...hidden.map((path, n) => {
        const there = quoted(path);
        return `mkdir -p ${there}; mount -c --bind /proc/self/fd/${n + 3} ${there}; exec ${n + 3}<&-`;
      }),
    ].join('\n'),
  );
}

/** The first directory on the way to a path that others may not search; `undefined` where there is none. */
function closedAbove(path: string): string | undefined {
  const above = path === '/' ? [] : [...pathsTo(dirname(path)), path];
  return above.find((each) => (statSync(each).mode & 0o001) === 0);
}

const pathsTo = (path: string): string[] => (path === '/' ? [] : [...pathsTo(dirname(path)), path]);

/** With at most so many open descriptors. */
export function withDescriptors(count: number): string[] {
  needHere('prlimit');
  return ['prlimit', `--nofile=${count}:${count}`, '--'];
}

/** After a POSIX shell ran this script (`umask 0777`, `cd x && rmdir ../x`) in the same process. */
export const after = (script: string): string[] => ['sh', '-c', `${script}\nexec "$@"`, 'sh'];

/** In a mount namespace of its own, from which nothing propagates, after this script ran there as a shell's. */
export function inMountNamespace(script = ':'): string[] {
  needHere('root', 'namespaces');
  return ['unshare', '--mount', '--propagation=private', '--', ...after(`set -e\n${script}`)];
}

/** In a pid namespace of its own with its own /proc, as process 1. */
export function inPidNamespace(): string[] {
  needHere('root', 'namespaces');
  return ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
}

/** Under strace, which writes these system calls (strace's `-e trace=`) of all threads to the file. */
export function straced(log: string, calls: string): string[] {
  needHere('strace');
  return [
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
}

/**
 * With a pause of some milliseconds before each of these system calls (under strace): what can happen between the call
 * before and this one does happen then, however busy the machine is.
 */
export function pausing(calls: string, milliseconds = 3): string[] {
  needHere('strace');
  const pause = `inject=${calls}:delay_enter=${milliseconds}ms`;
  return [
    'strace',
    '-D',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${calls}`,
    '-e',
    pause,
    '-e',
    'signal=none',
    '--',
  ];
}

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
  needHere('script');
  const line = ['exec', ...[...COMMAND, ...args].map(quoted), redirect].join(' ');
  return ['script', '--quiet', '--return', '--echo=never', '--command', line, '/dev/null'];
}

/**
 * The argv that runs the command with arguments that are bytes, one character each, by way of a script written to
 * `file`: Node's spawn would encode them as UTF-8.
 */
export function withByteArguments(file: string, args: readonly string[]): string[] {
  const words = COMMAND.map((word) => Buffer.from(word).toString('latin1'));
  writeFileSync(file, `exec ${[...words, ...args].map(quoted).join(' ')}\n`, 'latin1');
  return ['sh', file];
}

/** With a system call that fails, by strace: `when` is the first, `3`, or all from the third on, `3+`. */
export const failing = (call: string, errno: string, when: string): string[] => [
  ...['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', 'signal=none'],
  ...['-e', `inject=${call}:error=${errno}:when=${when}`, '--'],
];
