import { readdirSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import { CRIU } from '../../criu/catalogue.ts';
import { keyOf } from '../../linux/lstat.ts';
import { statLink } from '../../linux/magic-link.ts';
import { commOf, listPids } from '../../linux/proc.ts';
import { startOf } from '../../linux/proc-stat.ts';
import { attempt } from '../../linux/seen.ts';
import type { Identity } from '../../model/model.ts';

/** The files that living CRIUs have open, as seen at one moment. */
export interface OpenFiles {
  /** Whether a living criu has this file open. */
  has(file: Identity): boolean;
  /**
   * When the first living criu started whose files we may not see, in milliseconds since 1970; `null`: we see
   * all.
   */
  readonly hiddenSinceMs: number | null;
}

/** Processes looked at between two ticks, in which signals are heard. */
const TICK_AFTER = 256;

/** Everything may be open: what is not seen says nothing. */
const ALL_HIDDEN_MS = 0;

/**
 * Looks which files the living CRIUs have open. Their comm is `criu`, also where their argv was rewritten,
 * and restored tasks keep it until late in the restore. Where processes cannot be listed (but for want of a
 * /proc, ENOENT), or a look at one fails, any log may still be written.
 */
export async function lookForOpenFiles(interrupted: () => boolean): Promise<OpenFiles> {
  const open = new Set<string>();
  let hiddenSinceMs: number | null = null;
  const hide = (sinceMs: number): void => {
    hiddenSinceMs = Math.min(hiddenSinceMs ?? Number.POSITIVE_INFINITY, sinceMs);
  };
  const pids = attempt(listPids);
  if (pids.kind === 'hidden') hide(ALL_HIDDEN_MS);
  for (const [at, pid] of (pids.kind === 'seen' ? pids.value : []).entries()) {
    if (at % TICK_AFTER === TICK_AFTER - 1) await nextTick();
    if (interrupted()) break;
    const comm = commOf(pid);
    if (comm.kind === 'hidden') hide(startOf(pid));
    if (comm.kind !== 'seen' || !CRIU.isComm(comm.value)) continue;
    const links = attempt(() => readdirSync(`/proc/${pid}/fd`));
    if (links.kind === 'hidden') hide(startOf(pid));
    if (links.kind !== 'seen') continue;
    for (const fd of links.value) {
      const facts = statLink(`/proc/${pid}/fd/${fd}`);
      if (facts.kind === 'seen') open.add(keyOf(facts.value));
      if (facts.kind === 'hidden') hide(startOf(pid));
    }
  }
  return { has: (file) => open.has(keyOf(file)), hiddenSinceMs };
}
