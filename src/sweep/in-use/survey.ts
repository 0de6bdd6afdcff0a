import type { Errno } from '../../errno.ts';
import type { Candidate, Facts, Identity, Reason } from '../../model.ts';
import { isDirectory } from '../filter.ts';
import type { MountedNames } from './mounted-names.ts';
import {
  commOf,
  descriptorsOf,
  effectiveUidOf,
  listPids,
  mountNamespaceOf,
  otherThreads,
  type Seen,
  statLink,
} from './proc.ts';
import type { User } from './users.ts';
import { UsersByFile } from './users-by-file.ts';

const CRIU = 'criu';
const NO_USES: readonly Reason[] = [];

/** Who uses which directory, seen by looking at every process of /proc. */
export class Survey {
  readonly #uid: number;
  readonly #mounted: MountedNames;
  readonly #namespaces = new Set<string>();
  readonly #users = new UsersByFile();
  readonly #criu: User[] = [];
  readonly #criuWorkDirs = new UsersByFile();
  /** The /tmp of ours, and of every living CRIU, each by device and inode. */
  readonly #temporary = new Set<string>();
  #unreadable = 0;
  #refused: Errno | null = null;
  #lastRefusal: Errno | null = null;

  /** @param uid the effective user. For one who is not root, processes of others do not count as unreadable */
  constructor(uid: number, mounted: MountedNames) {
    this.#uid = uid;
    this.#mounted = mounted;
  }

  /** Processes that count and could not be read. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** What was refused, where something was. */
  get refusal(): Errno | null {
    return this.#refused;
  }

  /** Looks at every process. Throws the errno of opendir(3) where there is no /proc. */
  run(): void {
    const pids = listPids();
    this.#see(statLink('/tmp'), (facts) => this.#temporary.add(keyOf(facts)));
    for (const pid of pids) this.#lookAt(pid);
    // hidepid=2 hides processes altogether, and with them the first, which always lives (proc(5)).
    if (this.#uid === 0 && !pids.includes(1)) this.#count({ code: 'ENOENT', syscall: 'stat' });
  }

  /** Every use of a candidate. */
  usesOf({ parent, name }: Candidate, facts: Facts): readonly Reason[] {
    const mountPoints = this.#mounted.of(name);
    const users = this.#users.of(facts);
    const criu = this.#criuIn(parent);
    if (mountPoints.length + users.length + criu.length === 0) return NO_USES;
    const everyone = new Map([...users, ...criu].map((user) => [user.pid, user]));
    return [
      ...mountPoints.map((where): Reason => ({ why: 'mounted', where })),
      ...[...everyone.values()].map((user): Reason => ({ why: 'in-use', ...user })),
    ];
  }

  #criuIn(parent: Identity): readonly User[] {
    if (this.#criu.length === 0) return this.#criu;
    return this.#temporary.has(keyOf(parent)) ? this.#criu : this.#criuWorkDirs.of(parent);
  }

  #lookAt(pid: number): void {
    this.#lastRefusal = null;
    this.#see(commOf(pid), (command) => {
      const user = { pid, command };
      this.#lookAtTask(`${pid}`, user);
      this.#see(otherThreads(pid), (threads) => {
        for (const tid of threads) this.#lookAtTask(`${pid}/task/${tid}`, user);
      });
      if (pid === process.pid) return;
      this.#see(descriptorsOf(pid, this.#uid === 0), (links) => {
        for (const link of links) this.#see(statLink(link), (facts) => this.#addUse(facts, user));
      });
      if (command === CRIU) this.#lookAtCriu(user);
    });
    if (this.#lastRefusal === null) return;
    if (this.#uid === 0 || effectiveUidOf(pid) === this.#uid) this.#count(this.#lastRefusal);
  }

  /** A thread can have mounts, a root and a working directory of its own, as those of Go's runtimes do. */
  #lookAtTask(entry: string, user: User): void {
    const root = statLink(`/proc/${entry}/root`);
    const namespace = mountNamespaceOf(entry);
    this.#see(root, (facts) => this.#addUse(facts, user));
    this.#see(statLink(`/proc/${entry}/cwd`), (facts) => this.#addUse(facts, user));
    this.#see(namespace, () => {});
    // mountinfo can be read also where the links cannot (proc_mounts_operations in fs/proc/base.c asks for no rights).
    const known = root.seen === 'yes' && namespace.seen === 'yes';
    const key = known ? `${namespace.value} ${keyOf(root.value)}` : entry;
    if (this.#namespaces.has(key)) return;
    this.#namespaces.add(key);
    this.#see(this.#mounted.read(entry), () => {});
  }

  #lookAtCriu(user: User): void {
    const cwd = statLink(`/proc/${user.pid}/cwd`);
    if (cwd.seen === 'gone') return;
    this.#criu.push(user);
    this.#see(cwd, (facts) => this.#criuWorkDirs.add(facts, user));
    this.#see(statLink(`/proc/${user.pid}/root/tmp`), (facts) => this.#temporary.add(keyOf(facts)));
  }

  #addUse(facts: Facts, user: User): void {
    if (user.pid !== process.pid && isDirectory(facts)) this.#users.add(facts, user);
  }

  #see<T>(seen: Seen<T>, take: (value: T) => void): void {
    if (seen.seen === 'yes') take(seen.value);
    else if (seen.seen === 'hidden') this.#lastRefusal = seen;
  }

  #count(refusal: Errno): void {
    this.#unreadable += 1;
    this.#refused = refusal;
  }
}

function keyOf({ dev, ino }: Identity): string {
  return `${dev}:${ino}`;
}
