import { readOwnMounts } from '../linux/own-mounts.ts';
import { UsageError } from '../model/usage-error.ts';
import { nameMatcher } from '../sweep/names.ts';
import { Bearings } from './bearings.ts';
import { excludeMatcher } from './exclude.ts';
import type { Expanding, ResolvedTargets } from './expanding.ts';
import { callerOf, type KnownEnvironment, liftBoundsIn, resolveKnown } from './known.ts';
import { type PolicyOptions, policyOf } from './policy-options.ts';
import { claims, markRepeated } from './repeated.ts';
import { resolveTargets } from './resolve-targets.ts';
import type { SweepOptions } from './sweep-options.ts';
import { looker, type Prepared, prepared } from './sweep-request.ts';

/** The options of a sweep that say where to look, what for, and whether to remove it. */
export type PrepareOptions = PolicyOptions &
  Pick<SweepOptions, 'known' | 'ignoreMissing' | 'dryRun' | 'check' | 'inUse' | 'maxRemovals'>;

/** The circumstances of the sweep to prepare. */
export interface Run {
  /** Whether to stop, for a signal or because the time is up. */
  readonly interrupted: () => boolean;
  /** The places that targets led to in earlier sweeps of `--every`. */
  readonly bearings: Bearings;
}

/** Turns options and targets into the input of a sweep. Touches nothing. @throws UsageError */
export async function prepare(
  written: readonly string[],
  options: PrepareOptions,
  env: KnownEnvironment,
  run: Run = { interrupted: () => false, bearings: new Bearings() },
): Promise<Prepared> {
  const { known = false, ignoreMissing = false } = options;
  if (written.length === 0 && !known)
    throw new UsageError('no target: name a directory, like criu-sweep -n /var/lib/criu, or --known');
  const uid = effectiveUser();
  const policy = policyOf(options, uid);
  const match = nameMatcher(policy.kinds);
  const { maxDepth, crossDevice } = policy;
  const excludes = await excludeMatcher(policy.exclude);
  const mounts = readOwnMounts();
  // If a match's scan covers everything below it, a match inside it needs no scan of its own.
  const nested = maxDepth !== null || excludes !== null;
  const expanding = { ...run, match, mounts, crossDevice, nested, ignoreMissing };
  const { targets, errors } = await resolveAll(
    written,
    known ? () => resolveKnown(callerOf(uid, env), expanding) : null,
    expanding,
  );
  const { check = false, dryRun = false, maxRemovals, inUse } = options;
  const look = { policy, match, mounts, uid };
  return prepared({
    ...{ ...look, targets, errors, excludes, dryRun, check, maxRemovals },
    claims: claims(targets),
    lookForUsers: inUse ? looker(look) : null,
  });
}

/** Resolves the targets that were written, and after them the known ones that are not among those. */
async function resolveAll(
  written: readonly string[],
  known: (() => Promise<ResolvedTargets>) | null,
  expanding: Expanding,
): Promise<ResolvedTargets> {
  const named = await resolveTargets(written, expanding);
  if (known === null) return named;
  const more = await known();
  const targets = markRepeated([...named.targets, ...liftBoundsIn(named.targets, more.targets)]);
  const isNews = (at: number) => at < named.targets.length || targets[at]?.kind !== 'again';
  return {
    targets: targets.filter((_, at) => isNews(at)),
    errors: [...named.errors, ...more.errors],
  };
}

/** The effective uid, as geteuid(2) says. */
export function effectiveUser(): number {
  const uid = process.geteuid?.();
  if (uid === undefined) throw new Error('this system has no users');
  return uid;
}
