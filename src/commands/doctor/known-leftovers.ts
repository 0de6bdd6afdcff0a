import { setImmediate as nextTick } from 'node:timers/promises';
import type { Caller } from '../../criu/known-targets.ts';
import { Inspection } from '../../inspection/inspection.ts';
import { RunIndex } from '../../inspection/run-index.ts';
import type { OwnMounts } from '../../linux/own-mounts.ts';
import type { Pause, SweepError } from '../../model/events.ts';
import type { Item, Why } from '../../model/model.ts';
import { lookingAround, placeName, resolvePlaces } from '../../request/known.ts';
import { defaultPolicy } from '../../request/policy.ts';
import { claims, markRepeated } from '../../request/repeated.ts';
import { type Look, looker, prepared, startClock } from '../../request/sweep-request.ts';
import type { Users } from '../../sweep/in-use/users.ts';
import { nameMatcher } from '../../sweep/names.ts';
import { sweep } from '../../sweep/sweep.ts';
import type { Target } from '../../sweep/targets.ts';

/** The known work directories of this host, and who could be seen to use what lies there. */
export interface KnownLeftovers {
  readonly places: readonly Place[];
  /** Directories and configuration that could not be read. */
  readonly errors: readonly SweepError[];
  readonly sight: Pick<Users, 'report' | 'blindSpots'>;
  /** Leftovers in all of them. */
  readonly left: number;
}

/** A known place that exists here, and what a sweep with the defaults would find in it. */
export interface Place {
  /** A path, or a glob of them. */
  readonly name: string;
  readonly directories: number;
  /** The number of leftovers as `inspect` counts them: every name that matches. */
  matched: number;
  removable: number;
  /** Kept for their age alone: no sweep was due to remove them. */
  young: number;
}

/** Sweeps the known places of this host with the defaults, and changes nothing. */
export async function findKnownLeftovers(caller: Caller, mounts: OwnMounts): Promise<KnownLeftovers> {
  const policy = defaultPolicy(caller.uid);
  const asked: Look = { policy, match: nameMatcher(policy.kinds), mounts, uid: caller.uid };
  const found = await findPlaces(caller, asked);
  const look = once(looker(asked));
  const inspection = new Inspection(new RunIndex([]), mounts.all, { showAll: false, look: true });
  const errors: SweepError[] = [];
  const request = prepared({
    ...{ ...asked, targets: found.targets, errors: found.errors, dryRun: true },
    claims: claims(found.targets),
    lookForUsers: look,
  });
  let target = 0;
  for (const event of sweep({ ...request, ...startClock() })) {
    if (event.type === 'pause') await nextTick();
    if (event.type === 'target') target += 1;
    if (event.type === 'error') errors.push(event.error);
    if (event.type === 'item') {
      inspection.add(event.item);
      count(found.placeOf[target], event.item);
    }
  }
  const sight = await lookedAt(look());
  return {
    places: found.places,
    errors: errors.filter(isSerious(caller)),
    sight,
    left: inspection.finish().left,
  };
}

interface FoundPlaces {
  readonly places: readonly Place[];
  readonly targets: readonly Target[];
  /** The place of each target. */
  readonly placeOf: readonly Place[];
  readonly errors: readonly SweepError[];
}

/** The places that exist, each directory in one of them. */
async function findPlaces(caller: Caller, { match, mounts }: Look): Promise<FoundPlaces> {
  const resolved = await resolvePlaces(caller, lookingAround(match, mounts));
  const names = resolved.places.flatMap(({ place, targets }) => targets.map(() => placeName(place)));
  const targets = markRepeated(resolved.places.flatMap((each) => each.targets));
  const counts = new Map<string, number>();
  for (const [at, name] of names.entries())
    if (targets[at]?.kind !== 'again') counts.set(name, (counts.get(name) ?? 0) + 1);
  const places = new Map(
    [...counts].map(([name, directories]) => [
      name,
      { name, directories, matched: 0, removable: 0, young: 0 },
    ]),
  );
  const isFirst = (_: unknown, at: number) => targets[at]?.kind !== 'again';
  return {
    places: [...places.values()],
    targets: targets.filter(isFirst),
    placeOf: names.filter(isFirst).flatMap((name) => places.get(name) ?? []),
    errors: resolved.errors,
  };
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

function count(place: Place | undefined, { result }: Item): void {
  if (place === undefined) return;
  place.matched += 1;
  if (result.outcome === 'would-remove') place.removable += 1;
  if (result.outcome === 'kept' && result.reasons.every(({ why }) => AGES.includes(why))) place.young += 1;
}

const AGES: readonly Why[] = ['too-young', 'future'];

/** The errors that matter: places that a user may not enter do not matter to the user's sweep. */
function isSerious({ uid }: Caller): (error: SweepError) => boolean {
  return ({ code }) => uid === 0 || code !== 'EACCES';
}
