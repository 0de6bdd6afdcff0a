import { setImmediate as nextTick } from 'node:timers/promises';
import { encode } from '../../bytes.ts';
import { CATALOGUE } from '../../criu/catalogue.ts';
import { type Caller, knownTargets } from '../../criu/work-dirs.ts';
import type { InUseReport, Policy, SweepError } from '../../model.ts';
import { escapeName } from '../../report/escape.ts';
import { Bearings } from '../../sweep/bearings.ts';
import { lookForUsers } from '../../sweep/in-use/look-for-users.ts';
import type { Users } from '../../sweep/in-use/users.ts';
import type { OwnMounts } from '../../sweep/mountinfo.ts';
import { nameMatcher } from '../../sweep/names.ts';
import { MKDTEMP_MODE } from '../../sweep/policy.ts';
import { claims, markRepeated } from '../../sweep/repeated.ts';
import type { Expanding } from '../../sweep/resolve-targets.ts';
import { sweep } from '../../sweep/sweep.ts';
import type { Target } from '../../sweep/targets.ts';
import { Inspection } from '../inspect/inspection.ts';
import { RunIndex } from '../inspect/run-index.ts';
import { resolveKnownTarget } from '../sweep/known.ts';
import { type Check, ok } from './check.ts';

/** The known work directories of this host, and who could be seen to use what lies there. */
export interface KnownFindings {
  readonly check: Check;
  readonly inUse: InUseReport;
  /** Leftovers in all of them. */
  readonly left: number;
}

/** A known place that exists here. */
interface Place {
  /** A path, or a glob of them. */
  readonly name: string;
  readonly directories: number;
  readonly inspection: Inspection;
  removable: number;
}

const HOUR_MS = 60 * 60 * 1000;

/** Which known work directories exist here, and what a sweep with the defaults would find in each. */
export async function checkKnown(caller: Caller, mounts: OwnMounts, now: number): Promise<KnownFindings> {
  const match = nameMatcher(CATALOGUE);
  const places: Place[] = [];
  const targets: Target[] = [];
  const placeOf: Place[] = [];
  const unresolved: SweepError[] = [];
  const expanding: Expanding = {
    match,
    mounts,
    crossDevice: false,
    nested: false,
    ignoreMissing: false,
    bearings: new Bearings(),
    interrupted: () => false,
  };
  for (const name of knownTargets(caller)) {
    const known = await resolveKnownTarget(name, caller, expanding);
    unresolved.push(...known.errors);
    if (known.targets.length === 0) continue;
    const inspection = new Inspection(new RunIndex([]), mounts.all, { showAll: false, look: true });
    const place = { name, directories: known.targets.length, inspection, removable: 0 };
    places.push(place);
    targets.push(...known.targets);
    placeOf.push(...known.targets.map(() => place));
  }
  let users: Users | null = null;
  const look = (): Users => {
    users ??= lookForUsers({ kinds: CATALOGUE, match, mounts, uid: caller.uid });
    return users;
  };
  const errors: SweepError[] = [];
  const each = markRepeated(targets);
  let target = 0;
  for (const event of sweep({
    policy: defaultPolicy(caller.uid),
    targets: each,
    errors: unresolved,
    scope: { match, excludes: null, maxDepth: null, crossDevice: false, mounts, ...claims(each) },
    dryRun: true,
    check: false,
    host: '',
    uid: caller.uid,
    startedAt: now,
    elapsedMs: () => 0,
    lookForUsers: look,
    interrupted: () => null,
  })) {
    if (event.type === 'pause') await nextTick();
    if (event.type === 'target') target += 1;
    if (event.type === 'error') errors.push(event.error);
    if (event.type !== 'item') continue;
    const place = placeOf[target];
    place?.inspection.add(event.item);
    if (place !== undefined && event.item.result.outcome === 'would-remove') place.removable += 1;
  }
  const left = places.reduce((sum, { inspection }) => sum + inspection.finish().left, 0);
  return { check: checkPlaces(places, left, seriousErrors(errors, caller)), inUse: look().report, left };
}

/** What a user may not enter is no concern of his sweep. */
function seriousErrors(errors: readonly SweepError[], { uid }: Caller): readonly SweepError[] {
  return errors.filter(({ code }) => uid === 0 || code !== 'EACCES');
}

function defaultPolicy(uid: number): Policy {
  return {
    kinds: CATALOGUE,
    olderThanMs: HOUR_MS,
    ageBy: 'mtime',
    owner: uid,
    mode: MKDTEMP_MODE,
    maxDepth: null,
    crossDevice: false,
    exclude: [],
  };
}

const ID = 'work-dirs';

function checkPlaces(places: readonly Place[], left: number, errors: readonly SweepError[]): Check {
  if (places.length === 0) return ok(ID, 'none of the known work directories exists here');
  const said = places.map(placeText).join(', ');
  const [error] = errors;
  if (error !== undefined) {
    const where = `${escapeName(error.path)}: ${error.code}`;
    const message = `${said}; ${errors.length} could not be read, the first ${where}`;
    return { id: ID, status: 'unknown', message, advice: 'criu-sweep inspect names each' };
  }
  if (left === 0) return ok(ID, said);
  return {
    id: ID,
    status: 'warning',
    message: said,
    advice: 'criu-sweep inspect tells which runs left them, criu-sweep --known removes them',
  };
}

/** `/tmp has 3 leftovers, 2 of which a sweep would remove now`. */
function placeText({ name, directories, inspection, removable }: Place): string {
  const { left } = inspection.finish();
  const many = directories === 1 ? '' : ` (${directories} directories)`;
  const where = `${escapeName(encode(name))}${many}`;
  if (left === 0) return `${where} has no leftovers`;
  const what = left === 1 ? '1 leftover' : `${left} leftovers`;
  return `${where} has ${what} (${removable} to be removed now)`;
}
