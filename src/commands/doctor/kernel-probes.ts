import { lstatSync } from 'node:fs';
import ms from 'ms';
import { bytes, encode } from '../../linux/bytes.ts';
import { describeErrno, errnoOf } from '../../linux/errno.ts';
import { shellCommand } from '../../output/shell-words.ts';
import { type Check, ok } from './check.ts';

/**
 * The files that CRIU writes its kernel probes to before it renames them: v3.1 to v3.17.1, and v3.18 and later. They are
 * opened with O_EXCL (criu/kerndat.c:1276), so that one left behind keeps every later CRIU from caching its probes.
 */
const UNFINISHED = ['/run/.criu.kdat', '/run/criu.kdat.tmp'];

/** A CRIU that is at it takes milliseconds for it. */
const STALE_AFTER_MS = 60_000;

const ID = 'kernel-probes';

/** Whether kernel-probe caches that were never finished lie in the way. @param now milliseconds since 1970 */
export function checkKernelProbes(now: number): Check {
  const stale: string[] = [];
  for (const path of UNFINISHED) {
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats !== undefined && now - stats.mtimeMs > STALE_AFTER_MS) stale.push(path);
    } catch (error) {
      const message = `${path}: ${describeErrno(errnoOf(error).code)}`;
      return { id: ID, status: 'unknown', message, advice: 'run criu-sweep doctor as root' };
    }
  }
  if (stale.length === 0) return ok(ID, 'no unfinished kernel-probe cache lies in the way of CRIU');
  const is = stale.length === 1 ? 'is' : 'are';
  return {
    id: ID,
    status: 'warning',
    message: `${stale.join(' and ')} ${is} left from a CRIU that was killed (${ageOf(stale, now)} ago): CRIU probes the kernel anew at every start`,
    advice: shellCommand([bytes`rm`, ...stale.map(encode)]),
  };
}

function ageOf(paths: readonly string[], now: number): string {
  const times = paths.flatMap((path) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? []);
  return ms(Math.max(0, Math.round(now - Math.min(now, ...times))));
}
