import { AA_POLICY } from '../support/leftovers.ts';

/** Where each run begins, below its own tmpfs: paths of directories unless said. */
export const PARENT = 't/p';
/** The leftover that is attacked. */
export const CANDIDATE = `${PARENT}/${AA_POLICY}aaaaaa`;
/** A leftover with a tmpfs on it. */
export const MOUNTED = `${PARENT}/${AA_POLICY}mmmmmm`;
/** A bind mount of `outside/b`, a directory of the same file system. */
export const BOUND = 't/b';
/** A leftover that no move touches. */
export const UNTOUCHED = `t/z/${AA_POLICY}zzzzzz`;
/** Leftovers outside of the target, two of them where a path that leads astray would find them. */
export const OUTSIDE = [`outside/p/${AA_POLICY}aaaaaa`, `outside/b/${AA_POLICY}bbbbbb`];

/** A directory as mkdtemp(3) makes it, two hours old. */
const leftover = (path: string): string => `mkdir -m 700 ${path}; touch -d '2 hours ago' ${path}`;

/** A script that makes the tree in the current directory. */
export const PLANT = [
  `mkdir -p t/q ${PARENT}/a ${BOUND} t/z outside/p/a outside/b elsewhere`,
  ...[CANDIDATE, MOUNTED, UNTOUCHED, ...OUTSIDE].map(leftover),
  `mount -t tmpfs none ${MOUNTED}`,
  `mount --bind outside/b ${BOUND}`,
].join('\n');

/** Ends a script where it cannot do all it is to do, and where an earlier one has led its paths elsewhere. */
const GUARD = `set -e; for d in t ${PARENT}; do test -d $d -a ! -L $d; done; if mountpoint -q ${PARENT}; then exit 1; fi`;

/** The words of a shell that makes a move. */
export const scriptOf = ({ script }: Move): string => `${GUARD}; ${script}`;

/** What an attacker does in one go. */
export interface Move {
  readonly script: string;
  /** Where something lies afterwards that the checks keep, however far the sweep was: find's `%y` of it. */
  readonly stays: Readonly<Record<string, 'd' | 'f' | 'l'>>;
  /** The same, of what only the last lstat before the rmdir(2) can know. */
  readonly staysIfSeen?: readonly string[];
}

/** It is there, and a directory still. */
const there = `test -d ${CANDIDATE} -a ! -L ${CANDIDATE}`;
const again = `${there}; rmdir ${CANDIDATE}`;

/** The moves, by what they do. */
export const MOVES: Readonly<Record<string, Move>> = {
  'the parent is moved out': { script: `mv ${PARENT} elsewhere/p`, stays: {} },
  'a link takes the place of the parent': {
    script: `mv ${PARENT} elsewhere/p; ln -s ../outside/p ${PARENT}`,
    stays: { [PARENT]: 'l' },
  },
  'the parent is renamed, and a directory takes its place': {
    script: `mv ${PARENT} t/p2; mkdir ${PARENT}; touch ${PARENT}/file`,
    stays: { [`${PARENT}/file`]: 'f' },
  },
  'a link takes the place of the target': {
    script: 'mv t elsewhere/t; ln -s outside t',
    stays: { t: 'l' },
  },
  'a file takes its place': {
    script: `${again}; touch -d '2 hours ago' ${CANDIDATE}`,
    stays: { [CANDIDATE]: 'f' },
  },
  'a link takes its place': {
    script: `${again}; ln -s ../../${OUTSIDE[0]} ${CANDIDATE}`,
    stays: { [CANDIDATE]: 'l' },
  },
  'a full directory takes its place': {
    script: `${again}; mkdir -m 700 ${CANDIDATE}; touch ${CANDIDATE}/file; touch -d '2 hours ago' ${CANDIDATE}`,
    stays: { [`${CANDIDATE}/file`]: 'f' },
  },
  'it is renamed to what is no leftover': {
    script: `${there}; mv ${CANDIDATE} ${PARENT}/kept`,
    stays: { [`${PARENT}/kept`]: 'd' },
  },
  'it is filled': {
    script: `${there}; mkdir ${CANDIDATE}/subdir; touch -d '2 hours ago' ${CANDIDATE}`,
    stays: { [`${CANDIDATE}/subdir`]: 'd' },
  },
  'a young directory takes its place': {
    script: `${again}; mkdir -m 700 ${CANDIDATE}`,
    stays: {},
    staysIfSeen: [CANDIDATE],
  },
  'it is widened': { script: `${there}; chmod 0755 ${CANDIDATE}`, stays: {}, staysIfSeen: [CANDIDATE] },
  'it is given to another': { script: `${there}; chown 1 ${CANDIDATE}`, stays: {}, staysIfSeen: [CANDIDATE] },
  'a file system is mounted on it': {
    script: `${there}; mount -t tmpfs none ${CANDIDATE}; touch ${CANDIDATE}/file`,
    stays: { [`${CANDIDATE}/file`]: 'f' },
  },
  'what lies outside is mounted on the parent': {
    script: `mount --bind outside/p ${PARENT}`,
    stays: { [CANDIDATE]: 'd' },
  },
  'a mounted one is unmounted, and mounted again': {
    script: `umount ${MOUNTED}; mount -t tmpfs none ${MOUNTED}; touch ${MOUNTED}/file`,
    stays: { [`${MOUNTED}/file`]: 'f' },
  },
  'a bind mount is unmounted': { script: `umount ${BOUND}`, stays: { [BOUND]: 'd' } },
  /** The one that gets through, between the last lstat(2) and rmdir(2). Nothing is lost: it is empty, as the other was. */
  'another leftover takes its place': { script: `${again}; ${leftover(CANDIDATE)}`, stays: {} },
};
