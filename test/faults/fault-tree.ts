import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { AA_POLICY, nthSuffix } from '../support/leftovers.ts';
import { tmpfsElsewhere } from '../support/mounts.ts';
import { hold } from '../support/processes.ts';
import { scratch } from '../support/scratch.ts';
import { age, at, plant } from '../support/tree.ts';
import { quoted } from '../support/wrap.ts';
import { withFewProcesses } from './few-processes.ts';

/** A small tree with leftovers of every sort, some of them in use, and who uses them. All paths are bytes, below `dir`. */
export interface FaultTree {
  readonly dir: string;
  readonly targets: readonly string[];
  /** What a sweep removes. */
  readonly free: readonly string[];
  /** Candidates that must stay, whatever fails. */
  readonly stay: readonly string[];
  /** Runs the command where it sees few processes, and has a mount of its own; the words of a strace go in between. */
  wrap(strace?: readonly string[]): string[];
  /** Makes again what was removed. */
  set(): void;
  /** What must stay and did not. */
  lost(): readonly string[];
}

export async function makeFaultTree(): Promise<FaultTree> {
  const dir = scratch();
  let names = 40_000_000_000;
  // The same in every tree, for their directories to be read in the same order.
  const name = (parent: string, prefix: string = AA_POLICY) => `${parent}/${prefix}${nthSuffix(names++)}`;
  const free = [
    name('one'),
    name('one/a/b'),
    name('one/a/b'),
    name('one/z\xff'),
    name('one/mountable', '.criu.mnt.'),
    name('two'),
    name('two/c', '.criu.mntns.'),
  ];
  const [mounted, own] = [name('one/a', '.criu.mntns.'), name('one', '.criu.cgyard.')];
  const [opened, locked, worked] = [name('one/a'), name('two/c'), name('two')];
  const [owner, mode, young, full, file, future] = ['one', 'one/a', 'two', 'one', 'two', 'two'].map(
    (parent) => name(parent),
  ) as [string, string, string, string, string, string];
  const excluded = name('one/left-out');
  const used = [mounted, own, opened, locked, worked];
  const stay = [...used, owner, mode, young, full, file, future, excluded];
  plant(dir, [
    ...used.map((path) => ({ path, age: '2h' })),
    { path: owner, uid: 1, age: '2h' },
    { path: mode, mode: '0755', age: '2h' },
    { path: young },
    { path: `${full}/inside`, kind: 'file' },
    { path: full, age: '2h' },
    { path: file, kind: 'file', age: '2h' },
    { path: future, age: '-9h' },
    { path: excluded, age: '2h' },
    { path: 'one/empty' },
  ]);
  const there = (path: string) => `${dir}/${path}`;
  const holders = [
    await tmpfsElsewhere(there(mounted)),
    await hold({ open: there(opened) }),
    await hold({ lock: there(locked) }),
    await hold({ cwd: there(worked) }),
  ];
  const inodes = new Map(stay.map((path) => [path, lstatSync(at(dir, path)).ino]));
  const set = () => {
    for (const path of free.filter((each) => !existsSync(at(dir, each)))) {
      mkdirSync(at(dir, path.slice(0, path.lastIndexOf('/'))), { recursive: true });
      mkdirSync(at(dir, path), { mode: 0o700 });
      age(at(dir, path), new Date(Date.now() - 7200e3));
    }
  };
  set();
  return {
    dir,
    targets: ['one', 'two'].map(there),
    free,
    stay,
    wrap: (strace = []) =>
      withFewProcesses(
        holders.map(({ pid }) => pid),
        `mount -t tmpfs -o mode=0700 none ${quoted(there(own))}`,
        strace,
      ),
    set,
    lost() {
      const gone = stay.filter((path) => inodeOf(at(dir, path)) !== inodes.get(path));
      const isMounted = readFileSync(`/proc/${holders[0]?.pid}/mountinfo`, 'latin1').includes(
        `${there(mounted)} `,
      );
      return isMounted ? gone : [...gone, `the mount on ${mounted}`];
    },
  };
}

function inodeOf(path: Buffer): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
