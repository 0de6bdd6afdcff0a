import { existsSync } from 'node:fs';
import { NewPids } from '../../linux/new-pids.ts';
import { type ProcStat, readStat } from '../../linux/proc-stat.ts';

/** A process becomes another program soon after it was started, or late: then it waits for its turn. */
const YOUNG_FOR_TURNS = 5;
const OLD_ONES_AT_ONCE = 16;

/** Limit of processes that are known at once. */
const MOST_MEMBERS = 65_536;

interface Member {
  readonly startTime: number;
  /** How often it has been asked for its name. */
  asked: number;
}

/**
 * The processes below a command, itself included. What it costs to ask grows with the processes that were
 * started since the last time, anywhere in our pid namespace, and not with those that are below the command.
 */
export class Family {
  readonly #members = new Map<number, Member>();
  readonly #root: ProcStat | null;
  readonly #newPids: NewPids;
  #recent: readonly number[] = [];
  #young: number[] = [];
  /** Members in the order of their turns. */
  #turns: number[] = [];
  #turn = 0;

  constructor(root: number) {
    this.#root = readStat(root);
    this.#newPids = new NewPids(root);
    if (this.#root !== null) this.#add(this.#root);
  }

  /**
   * The living members that are meant, as far as they were asked this time: all that are new or young, and of
   * the others some in turn.
   */
  filter(isMeant: (stat: ProcStat) => boolean): readonly ProcStat[] {
    const newPids = this.#newPids.next();
    // A pid is given out before /proc shows its process: those of the last time have a second chance.
    const found = [...this.#recent, ...newPids].flatMap((pid) => this.#consider(pid) ?? []);
    this.#recent = newPids.filter((pid) => !this.#members.has(pid));
    const known = [...this.#young, ...this.#nextTurns()].flatMap((pid) => this.#askAgain(pid) ?? []);
    this.#young = this.#young.filter(
      (pid) => (this.#members.get(pid)?.asked ?? YOUNG_FOR_TURNS) < YOUNG_FOR_TURNS,
    );
    for (const { pid } of found) this.#young.push(pid);
    return [...found, ...known].filter(isMeant);
  }

  /** Takes in a new process that is below the command. */
  #consider(pid: number): ProcStat | null {
    if (this.#members.has(pid) || !isThere(pid)) return null;
    const stat = readStat(pid);
    if (stat === null || stat.state === 'Z' || !this.#isBelow(stat)) return null;
    this.#add(stat);
    return stat;
  }

  /**
   * A child of a member; or one whose parent has ended already, which only its process group tells: a group
   * that nobody else is in, while its new parent is in another.
   */
  #isBelow({ parent, group, startTime }: ProcStat): boolean {
    const member = this.#members.get(parent);
    const stat = member !== undefined || this.#isOwnGroup(group) ? readStat(parent) : null;
    if (member !== undefined) return stat === null || stat.startTime === member.startTime;
    return stat !== null && stat.group !== group && startTime >= (this.#root?.startTime ?? Infinity);
  }

  /** A group that a member leads; or ours, where we lead it. Else others may be in it, a script's other jobs. */
  #isOwnGroup(group: number): boolean {
    return this.#members.has(group) || (group === process.pid && group === this.#root?.group);
  }

  #add({ pid, startTime }: ProcStat): void {
    if (this.#members.size === MOST_MEMBERS) return;
    this.#members.set(pid, { startTime, asked: 0 });
    this.#turns.push(pid);
  }

  #nextTurns(): readonly number[] {
    if (this.#turn >= this.#turns.length) {
      this.#turn = 0;
      this.#turns = this.#turns.filter((pid) => this.#members.has(pid));
    }
    const now = this.#turns.slice(this.#turn, this.#turn + OLD_ONES_AT_ONCE);
    this.#turn += OLD_ONES_AT_ONCE;
    return now.filter((pid) => !this.#young.includes(pid));
  }

  /** `null`: it has ended, or its pid is another's by now. */
  #askAgain(pid: number): ProcStat | null {
    const member = this.#members.get(pid);
    const stat = member === undefined ? null : readStat(pid);
    if (member !== undefined) member.asked += 1;
    if (stat !== null && stat.startTime === member?.startTime && stat.state !== 'Z') return stat;
    this.#members.delete(pid);
    return null;
  }
}

/** Whether a process is there at all. An error that is thrown costs ten times as much as this. */
function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
