import { readlinkSync } from 'node:fs';
import { CRIU } from '../../criu/catalogue.ts';
import { monotonicMs } from '../../linux/clock.ts';
import { keyOf } from '../../linux/lstat.ts';
import { readLink } from '../../linux/magic-link.ts';
import { type ProcStat, readStat } from '../../linux/proc-stat.ts';
import { attempt } from '../../linux/seen.ts';
import type { Bytes } from '../../model/model.ts';
import { Family } from './family.ts';
import { type PlaceSeen, placeSeen } from './work-dir-seen.ts';

/** The time between two turns, and that of commands that take longer than a minute. */
const OFTEN_MS = 20;
const LATER_MS = 40;
const LONG_MS = 60_000;
/**
 * Of our time a turn may take a twentieth, but not at the beginning: the first turns are the dearest, since
 * nothing is compiled yet, and a CRIU that a script starts may be gone after a pause for that.
 */
const IDLE_FOR_BUSY = 19;
const LONGEST_MS = 1000;
const BEGINNING_MS = 3000;

/** Limit of directories that are remembered: a CRIU has one or two. */
const MOST_PLACES = 256;

/** The living CRIUs below a command, as far as they were seen. */
export interface CriuSeen {
  /** The directories that it worked in, each once. */
  readonly places: readonly PlaceSeen[];
  /** Whether one was seen in a directory that is not to be had. */
  readonly elsewhere: boolean;
}

/**
 * Sees which directories the living CRIUs below a command work in, while it runs. It keeps nothing open and
 * no event loop alive.
 */
export class CriuWatch {
  readonly #family: Family | null;
  readonly #uid: number;
  readonly #startedAt = monotonicMs();
  readonly #places = new Map<string, PlaceSeen>();
  /** The directories that the living CRIUs were last seen in, by pid. */
  #living = new Map<number, Bytes>();
  /** Of a CRIU that was seen once: the key of the directory, which may be none of its own. */
  readonly #passing = new Map<number, string>();
  #elsewhere = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param command its pid. @param uid our effective user */
  constructor(command: number, uid: number) {
    this.#family = isOurProc() ? new Family(command) : null;
    this.#uid = uid;
    if (this.#family !== null) this.#turn();
  }

  /** Sees for the last time. */
  stop(): CriuSeen {
    clearTimeout(this.#timer);
    this.#see();
    return { places: [...this.#places.values()], elsewhere: this.#elsewhere };
  }

  readonly #turn = (): void => {
    const start = process.cpuUsage();
    this.#see();
    // Not by the clock: on a busy machine we wait for our turn, and that costs nobody anything.
    const { user, system } = process.cpuUsage(start);
    const pause = pauseAfter((user + system) / 1000, monotonicMs() - this.#startedAt);
    this.#timer = setTimeout(this.#turn, pause).unref();
  };

  #see(): void {
    const isCriu = ({ comm }: ProcStat): boolean => CRIU.isComm(comm);
    // A task that is restored is a CRIU until it has the name that it had before.
    const still = [...this.#living.keys()].flatMap((pid) => readStat(pid) ?? []).filter(isCriu);
    const now = new Map([...still, ...(this.#family?.filter(isCriu) ?? [])].map((each) => [each.pid, each]));
    const before = this.#living;
    this.#living = new Map();
    for (const pid of now.keys()) this.#note(pid, before.get(pid));
  }

  #note(pid: number, before: Bytes | undefined): void {
    const path = readLink(`/proc/${pid}/cwd`);
    if (path.kind === 'hidden') this.#elsewhere = true;
    if (path.kind !== 'seen') return;
    this.#living.set(pid, path.value);
    if (path.value === before) {
      this.#passing.delete(pid);
      return;
    }
    // CRIU starts in its caller's directory, and leaves it at once for the one that it works in.
    this.#places.delete(this.#passing.get(pid) ?? '');
    this.#passing.delete(pid);
    const place = this.#places.size < MOST_PLACES ? placeSeen(pid, path.value, this.#uid) : null;
    if (place === null) {
      this.#elsewhere ||= worksSomewhere(pid);
      return;
    }
    const key = keyOf(place.identity);
    if (before === undefined && !this.#places.has(key)) this.#passing.set(pid, key);
    this.#places.set(key, place);
  }
}

/** Whether a process has a working directory: one that ends has none any more, before it is a zombie (exit_fs()). */
function worksSomewhere(pid: number): boolean {
  return readLink(`/proc/${pid}/cwd`).kind !== 'gone';
}

/** The time to the next turn, in milliseconds. @param busyMs the CPU time of this one. @param ageMs the watch's */
function pauseAfter(busyMs: number, ageMs: number): number {
  if (ageMs < BEGINNING_MS) return OFTEN_MS;
  return Math.min(Math.max(ageMs < LONG_MS ? OFTEN_MS : LATER_MS, busyMs * IDLE_FOR_BUSY), LONGEST_MS);
}

/** Whether /proc shows the pids that we know. */
function isOurProc(): boolean {
  const self = attempt(() => readlinkSync('/proc/self'));
  return self.kind === 'seen' && self.value === String(process.pid);
}
