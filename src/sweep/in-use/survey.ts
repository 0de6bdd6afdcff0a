import { bytes, EMPTY } from '../../linux/bytes.ts';
import { monotonicMs } from '../../linux/clock.ts';
import { readLink } from '../../linux/magic-link.ts';
import { commOf, listPids, otherThreads } from '../../linux/proc.ts';
import { isExiting, readStat } from '../../linux/proc-stat.ts';
import type { Pause } from '../../model/events.ts';
import type { Bytes, Candidate, Facts, Kind, Reason } from '../../model/model.ts';
import type { NameMatcher } from '../names.ts';
import { BlindSpots, type Sight } from './blind-spots.ts';
import { Links } from './links.ts';
import { LivingMakers, type Maker } from './living-makers.ts';
import { MountViews } from './mount-views.ts';
import { taskOf } from './task.ts';
import type { User } from './users.ts';
import { UsersByDirectory } from './users-by-directory.ts';
import { Work } from './work.ts';

const ROOT = 0;
const NO_USES: readonly Reason[] = [];
const PAUSE: Pause = { type: 'pause' };

/** The cost of a process in links. */
const PROCESS_COST = 16;

/**
 * Limits for listing /proc again, to find processes that started meanwhile: at least so often, and then as long as
 * milliseconds allow. A round takes about a millisecond, so only a host where processes start faster than that all the
 * while comes to the limit.
 */
const ROUNDS = 5;
const PATIENCE_MS = 1500;

/** Who is looking, and for what. */
export interface SurveyScope {
  /** The effective user. If it is not root, processes of others do not count as unreadable. */
  readonly uid: number;
  readonly kinds: readonly Kind[];
  readonly match: NameMatcher;
  readonly maker: Maker;
}

/** The users of directories, found by looking at every process of /proc. */
export class Survey {
  readonly #uid: number;
  readonly #blind: BlindSpots;
  readonly #makers: LivingMakers;
  readonly #mounts: MountViews;
  readonly #users: UsersByDirectory;
  readonly #links: Links;
  readonly #work = new Work();

  constructor({ uid, kinds, match, maker }: SurveyScope) {
    this.#uid = uid;
    this.#blind = new BlindSpots(uid);
    this.#makers = new LivingMakers(maker, this.#blind);
    this.#mounts = new MountViews(kinds, match);
    this.#users = new UsersByDirectory(match);
    this.#links = new Links({
      blind: this.#blind,
      mounts: this.#mounts,
      users: this.#users,
      work: this.#work,
    });
  }

  /** The things that were not seen. */
  get blind(): BlindSpots {
    return this.#blind;
  }

  /** Looks at every process. Throws the errno of a /proc that cannot be listed (ENOENT: there is none). */
  *run(): Generator<Pause, void, void> {
    const first = listPids();
    if (this.#uid === ROOT && !first.includes(1)) this.#blind.hideFirst();
    this.#makers.addOurTemporary();
    yield* this.#lookAtAll(first);
    yield* this.#lookAtNew(new Set(first));
    yield* this.#mounts.seePinned((pid) => this.#blind.counts(pid));
    for (const spot of this.#mounts.blindSpots()) this.#blind.hideMounts(spot);
    if (this.#users.overflowed) this.#blind.overflow('readlink');
  }

  *#lookAtAll(pids: readonly number[]): Generator<Pause, void, void> {
    for (const pid of pids) yield* this.#lookAt(pid);
  }

  /**
   * Looks at the processes that started meanwhile: one that was looked at may have ended, and a child of it may now use
   * the same. Ends after two lists without a new one, since pids begin anew behind a list that is being read where they
   * have come to their end. That is also why only the last list tells which are new.
   */
  *#lookAtNew(listed: ReadonlySet<number>): Generator<Pause, void, void> {
    const end = monotonicMs() + PATIENCE_MS;
    let last = listed;
    let quiet = 0;
    for (let round = 1; quiet < 2; round += 1) {
      if (round > ROUNDS && monotonicMs() > end) return this.#blind.overflow('scandir');
      const pids = listPids();
      const fresh = pids.filter((pid) => !last.has(pid));
      yield* this.#lookAtAll(fresh);
      last = new Set(pids);
      quiet = fresh.length === 0 ? quiet + 1 : 0;
    }
  }

  /** Every use of a candidate; if none was seen, the reasons why there may be one. */
  usesOf(candidate: Candidate, facts: Facts): readonly Reason[] {
    const mountPoints = this.#mounts.of(candidate.name);
    const users = this.#users.of(candidate, facts, mountPoints.length > 0);
    const makers = this.#makers.in(candidate.parent);
    if (mountPoints.length + users.length + makers.length === 0) {
      const doubts = this.#makers.doubts();
      return doubts.length === 0 ? NO_USES : doubts;
    }
    const everyone = new Map([...users, ...makers].map((user) => [user.pid, user]));
    return [
      ...mountPoints.map((where): Reason => ({ why: 'mounted', where })),
      ...[...everyone.values()].map((user): Reason => ({ why: 'in-use', ...user })),
    ];
  }

  *#lookAt(pid: number): Generator<Pause, void, void> {
    if (this.#work.add(PROCESS_COST)) yield PAUSE;
    const comm = commOf(pid);
    if (comm.kind === 'gone') return;
    const entry = bytes`${pid}`;
    const user = { pid, command: comm.kind === 'seen' ? comm.value : EMPTY };
    this.#blind.see(comm, { path: bytes`/proc/${pid}/comm`, user, open: () => isOpen(entry) }, () => {});
    yield* this.#lookAtTask(entry, user);
    const threads = otherThreads(pid);
    this.#blind.see(threads, { path: bytes`/proc/${pid}/task`, user, open: () => isOpen(entry) }, () => {});
    // A thread can have mounts, a root, a working directory and descriptors of its own.
    for (const tid of threads.kind === 'seen' ? threads.value : []) {
      if (this.#work.add(PROCESS_COST)) yield PAUSE;
      yield* this.#lookAtTask(bytes`${pid}/task/${tid}`, user);
    }
    this.#makers.add(user, comm.kind === 'seen');
  }

  *#lookAtTask(entry: Bytes, user: User): Generator<Pause, void, void> {
    const task = taskOf(entry);
    const open = (): boolean => isOpen(entry);
    const sight = (name: Bytes): Sight => ({ path: bytes`/proc/${entry}/${name}`, user, open });
    this.#blind.see(task.namespace, sight(bytes`ns/mnt`), () => {});
    this.#blind.see(task.root, sight(bytes`root`), (root) => {
      this.#links.addRoot(root, `/proc/${entry}/root`, user);
    });
    this.#links.lookAt(`/proc/${entry}/cwd`, sight(bytes`cwd`), user);
    yield* this.#mounts.see(task, user, {
      counts: () => this.#blind.counts(user.pid),
      trusted: () => this.#blind.mayOpenOurs(user.pid),
    });
    if (user.pid !== process.pid) yield* this.#links.lookAtDescriptors(sight(bytes`fd`), user);
  }
}

/**
 * Whether the kernel lets us read a task (ptrace(2), "access mode checking"). One that ends gives up its memory
 * first, and from then on its descriptors are root's alone (task_dump_owner in fs/proc/base.c), while its namespaces
 * can still be read.
 */
function isOpen(entry: Bytes): boolean {
  const stat = readStat(entry);
  return readLink(`/proc/${entry}/ns/mnt`).kind === 'seen' && (stat === null || !isExiting(stat));
}
