import { setImmediate as nextTick } from 'node:timers/promises';
import { type Caller, knownTargets } from '../../criu/work-dirs.ts';
import { Inspection } from '../../inspection/inspection.ts';
import { RunIndex } from '../../inspection/run-index.ts';
import { encode } from '../../linux/bytes.ts';
import type { OwnMounts } from '../../linux/mountinfo.ts';
import type { Pause, SweepError } from '../../model/events.ts';
import type { Item, Why } from '../../model/model.ts';
import { escapeName } from '../../report/escape.ts';
import { Bearings } from '../../request/bearings.ts';
import { resolveKnownTarget } from '../../request/known.ts';
import { defaultPolicy } from '../../request/policy.ts';
import { claims, markRepeated } from '../../request/repeated.ts';
import type { Expanding } from '../../request/resolve-targets.ts';
import { looker, prepared, startClock } from '../../request/sweep-request.ts';
import type { Users } from '../../sweep/in-use/users.ts';
import { nameMatcher } from '../../sweep/names.ts';
import { sweep } from '../../sweep/sweep.ts';
import type { Target } from '../../sweep/targets.ts';
import { type Check, ok } from './check.ts';

/** The known work directories of this host, and who could be seen to use what lies there. */
export interface KnownFindings {
  readonly check: Check;
  readonly sight: Pick<Users, 'report' | 'blindSpots'>;
  /** Leftovers in all of them. */
  readonly left: number;
}

/** A known place that exists here. */
interface Place {
  /** A path, or a glob of them. */
  readonly name: string;
  readonly directories: number;
  readonly inspection: Inspection;
  /** The number of leftovers as `inspect` counts them: every name that matches. */
  matched: number;
  removable: number;
  /** Kept for their age alone: no sweep was due to remove them. */
  young: number;
}

/** Which known work directories exist here, and what a sweep with the defaults would find in each. */
export async function checkKnown(caller: Caller, mounts: OwnMounts): Promise<KnownFindings> {
  const policy = defaultPolicy(caller.uid);
  const match = nameMatcher(policy.kinds);
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
    const place = { name, directories: known.targets.length, inspection, matched: 0, removable: 0, young: 0 };
    places.push(place);
    targets.push(...known.targets);
    placeOf.push(...known.targets.map(() => place));
  }
  const asked = { policy, match, mounts, uid: caller.uid };
  const look = once(looker(asked));
  const errors: SweepError[] = [];
  const each = markRepeated(targets);
  const request = prepared({
    ...{ ...asked, targets: each, errors: unresolved, dryRun: true },
    claims: claims(each),
    lookForUsers: look,
  });
  let target = 0;
  for (const event of sweep({ ...request, ...startClock() })) {
    if (event.type === 'pause') await nextTick();
    if (event.type === 'target') target += 1;
    if (event.type === 'error') errors.push(event.error);
    if (event.type !== 'item') continue;
    const place = placeOf[target];
    if (place !== undefined) count(place, event.item);
  }
  const sight = await lookedAt(look());
  const left = places.reduce((sum, { inspection }) => sum + inspection.finish().left, 0);
  return { check: checkPlaces(places, left, seriousErrors(errors, caller)), sight, left };
}

/** A look that is made at its first call; the later ones return what it saw. */
function once(look: () => Generator<Pause, Users, void>): () => Generator<Pause, Users, void> {
  let users: Users | null = null;
  return function* () {
    users ??= yield* look();
    return users;
  };
}

async function lookedAt(look: Generator<Pause, Users, void>): Promise<Users> {
  for (;;) {
    const step = look.next();
    if (step.done === true) return step.value;
    await nextTick();
  }
}

function count(place: Place, item: Item): void {
  place.inspection.add(item);
  place.matched += 1;
  if (item.result.outcome === 'would-remove') place.removable += 1;
  if (item.result.outcome === 'kept' && item.result.reasons.every(({ why }) => AGES.includes(why)))
    place.young += 1;
}

const AGES: readonly Why[] = ['too-young', 'future'];

/** The errors that matter. Places that a user may not enter do not matter to the user's sweep. */
function seriousErrors(errors: readonly SweepError[], { uid }: Caller): readonly SweepError[] {
  return errors.filter(({ code }) => uid === 0 || code !== 'EACCES');
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

/** `/tmp has 4 leftovers: 2 would be removed now, 1 too young, 1 kept`. */
function placeText({ name, directories, matched, removable, young }: Place): string {
  const many = directories === 1 ? '' : ` (${directories} directories)`;
  const where = `${escapeName(encode(name))}${many}`;
  if (matched === 0) return `${where} has no leftovers`;
  const kept = matched - removable - young;
  const parts = [
    ...(removable > 0 ? [`${removable} would be removed now`] : []),
    ...(young > 0 ? [`${young} too young`] : []),
    ...(kept > 0 ? [`${kept} kept`] : []),
  ];
  return `${where} has ${matched === 1 ? '1 leftover' : `${matched} leftovers`}: ${parts.join(', ')}`;
}
