import { readdirSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { CRIU } from '../../criu/catalogue.ts';
import { keyOf } from '../../linux/lstat.ts';
import { commOf, listPids, look, statLink } from '../../linux/proc.ts';
import { startOf } from '../../linux/proc-stat.ts';
import type { Identity } from '../../model/model.ts';

/** The files that living CRIUs have open, as seen at one moment. */
export interface OpenFiles {
  /** Whether a living criu has this file open. */
  has(file: Identity): boolean;
  /** When the first living criu started whose files we may not see, in milliseconds since 1970; `null`: we see all. */
  readonly hiddenSinceMs: number | null;
}

/** Processes looked at between two ticks, in which signals are heard. */
const TICK_AFTER = 256;

/** Everything may be open: what is not seen says nothing. */
const ALL_HIDDEN_MS = 0;

/**
 * Looks which files the living CRIUs have open. Their comm is `criu`, also where their argv was rewritten, and restored
 * tasks keep it until late in the restore. Where processes cannot be listed (but for want of a /proc, ENOENT), or a
 * look at one fails, any log may still be written.
 */
export async function lookForOpenFiles(interrupted: () => boolean): Promise<OpenFiles> {
  const open = new Set<string>();
  let hiddenSinceMs: number | null = null;
  const hide = (sinceMs: number): void => {
    hiddenSinceMs = Math.min(hiddenSinceMs ?? Number.POSITIVE_INFINITY, sinceMs);
  };
  const pids = look(listPids);
  if (pids.seen === 'hidden') hide(ALL_HIDDEN_MS);
  for (const [at, pid] of (pids.seen === 'yes' ? pids.value : []).entries()) {
    if (at % TICK_AFTER === TICK_AFTER - 1) await nextTick();
    if (interrupted()) break;
    const comm = commOf(pid);
    if (comm.seen === 'hidden') hide(startOf(pid));
    if (comm.seen !== 'yes' || comm.value !== CRIU.comm) continue;
    const links = look(() => readdirSync(`/proc/${pid}/fd`));
    if (links.seen === 'hidden') hide(startOf(pid));
    if (links.seen !== 'yes') continue;
    for (const fd of links.value) {
      const facts = statLink(`/proc/${pid}/fd/${fd}`);
      if (facts.seen === 'yes') open.add(keyOf(facts.value));
      if (facts.seen === 'hidden') hide(startOf(pid));
    }
  }
  return { has: (file) => open.has(keyOf(file)), hiddenSinceMs };
}
