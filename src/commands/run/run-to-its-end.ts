import { monotonicMs } from '../../linux/clock.ts';
import { readStat } from '../../linux/proc-stat.ts';
import type { End } from '../../model/events.ts';
import { startChild } from './child.ts';
import type { CriuSeen, CriuWatch } from './criu-watch.ts';
import type { Signals } from './signals.ts';

/** A command that has ended, or could not be started. */
export interface Ran {
  readonly end: End;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Clock ticks since boot: what started earlier is not the command's. */
  readonly startTime: number;
  readonly seen: CriuSeen;
}

/** Those who accompany a command. */
export interface Company {
  readonly complain: (message: string) => void;
  /** Watches for CRIU below a process; `null`: nobody does. */
  readonly watch: ((pid: number) => CriuWatch) | null;
}

const NOTHING_SEEN: CriuSeen = { places: [], elsewhere: false };

/** Runs a command to its end: signals are passed on to it, and CRIU is watched for below it. */
export async function runToItsEnd(
  command: readonly string[],
  signals: Signals,
  { complain, watch }: Company,
): Promise<Ran> {
  const startedAt = Date.now();
  const start = monotonicMs();
  const child = startChild(command, complain);
  signals.passTo(child);
  const watching = child.pid === undefined ? undefined : watch?.(child.pid);
  const startTime = readStat(child.pid ?? 'self')?.startTime ?? 0;
  const end = await child.ended;
  const durationMs = Math.round(monotonicMs() - start);
  const seen = watching?.stop() ?? NOTHING_SEEN;
  await signals.sweeping();
  return { end, startedAt, durationMs, startTime, seen };
}
