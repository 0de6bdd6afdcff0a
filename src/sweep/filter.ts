import { joinPath } from '../linux/bytes.ts';
import { isDirectory } from '../linux/lstat.ts';
import type { AgeBy, Candidate, Facts, Policy, Reason, Verdict } from '../model/model.ts';
import { isoTime, withinDate } from '../model/time.ts';

const PERMISSION_BITS = 0o7777;

/**
 * The grain of file times in milliseconds. The kernel stamps files with the time of its last timer tick, so a
 * directory made just after `now` was taken can have a time up to a tick earlier: 10 ms at HZ=100
 * (ktime_get_coarse_real_ts64, Documentation/core-api/timekeeping.rst). A younger directory may have been
 * made during the sweep, and is never old.
 */
export const CLOCK_GRAIN_MS = 10;

/** The twelve permission bits as four octal digits: `0700`. */
export function octalMode(mode: number): string {
  return (mode & PERMISSION_BITS).toString(8).padStart(4, '0');
}

/**
 * Judges a candidate by one lstat: returns every reason against removing it, not just the first. Emptiness
 * and use are not judged here; they are looked at only if there is no reason here.
 *
 * @param now milliseconds since 1970, taken once at the start of the sweep
 */
export function judge(candidate: Candidate, facts: Facts, policy: Policy, now: number): Verdict {
  const reasons: Reason[] = [];
  const { kind, parent } = candidate;
  if (candidate.mountedAt !== null) reasons.push({ why: 'mounted', where: candidate.mountedAt });
  else if (facts.dev !== parent.dev && isDirectory(facts))
    reasons.push({ why: 'mounted', where: joinPath(parent.path, candidate.name) });
  if (!isDirectory(facts)) reasons.push({ why: 'not-a-directory' });
  if (policy.owner !== null && facts.uid !== policy.owner) reasons.push({ why: 'owner', uid: facts.uid });
  if (kind.modes !== null && !kind.modes.includes(facts.mode & PERMISSION_BITS))
    reasons.push({ why: 'mode', mode: octalMode(facts.mode) });
  const stamp = ageStamp(facts, policy.ageBy);
  if (policy.olderThanMs !== null) {
    const reason = judgeAge(stamp, policy.olderThanMs, now);
    if (reason !== null) reasons.push(reason);
  }
  if (candidate.excluded) reasons.push({ why: 'excluded' });
  return { reasons, ageMs: stamp === null ? null : Math.floor(now - withinDate(stamp)) };
}

function judgeAge(stamp: number | null, olderThanMs: number, now: number): Reason | null {
  if (stamp === null) return { why: 'unknown', code: 'ENODATA', syscall: 'statx' };
  if (stamp > now) return { why: 'future', mtime: isoTime(stamp) };
  const ageMs = now - stamp;
  if (ageMs <= Math.max(olderThanMs, CLOCK_GRAIN_MS)) return { why: 'too-young', ageMs: Math.floor(ageMs) };
  return null;
}

/**
 * The time stamp that the age is counted from, in milliseconds since 1970; `null` for a birthtime of 0, which
 * is not kept.
 */
function ageStamp(facts: Facts, ageBy: AgeBy): number | null {
  switch (ageBy) {
    case 'mtime':
      return facts.mtimeMs;
    case 'ctime':
      return facts.ctimeMs;
    case 'birthtime':
      return facts.birthtimeMs === 0 ? null : facts.birthtimeMs;
    case 'newest':
      return Math.max(facts.mtimeMs, facts.ctimeMs, facts.birthtimeMs);
  }
}
