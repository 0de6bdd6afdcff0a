import { excludeMatcher } from '../../sweep/exclude.ts';
import { lookForUsers } from '../../sweep/in-use/look-for-users.ts';
import { readOwnMounts } from '../../sweep/mountinfo.ts';
import { nameMatcher } from '../../sweep/names.ts';
import { claims, resolveTargets } from '../../sweep/resolve-targets.ts';
import type { SweepRequest } from '../../sweep/sweep.ts';
import { UsageError } from '../../usage-error.ts';
import { policyOf, type SweepOptions } from './options.ts';

/** What a sweep is told by its command line; the clock and the signals come with each run. */
export type Prepared = Omit<SweepRequest, 'host' | 'startedAt' | 'elapsedMs' | 'interrupted'>;

/** Makes of options and targets what the sweep is told. Nothing is touched yet. @throws UsageError */
export async function prepare(written: readonly string[], options: SweepOptions): Promise<Prepared> {
  if (written.length === 0)
    throw new UsageError('no target: name a directory, like criu-sweep -n /var/lib/criu');
  const uid = effectiveUser();
  const policy = policyOf(options, uid);
  const match = nameMatcher(policy.kinds);
  const { targets, errors } = await resolveTargets(written, match);
  const { maxDepth, crossDevice } = policy;
  const mounts = readOwnMounts();
  const excludes = await excludeMatcher(policy.exclude);
  const { check = false, dryRun = false } = options;
  return {
    policy,
    targets,
    errors,
    uid,
    check,
    dryRun: dryRun || check,
    scope: { match, excludes, maxDepth, crossDevice, mounts, ...claims(targets) },
    lookForUsers: options.inUse ? () => lookForUsers({ kinds: policy.kinds, match, mounts, uid }) : null,
  };
}

/** The effective uid, as geteuid(2) says. */
export function effectiveUser(): number {
  const uid = process.geteuid?.();
  if (uid === undefined) throw new Error('this system has no users');
  return uid;
}
