import { joinPath } from '../../linux/bytes.ts';
import { errnoOf } from '../../linux/errno.ts';
import { keyOf } from '../../linux/lstat.ts';
import type { SweepError } from '../../model/events.ts';
import type { Bytes, Identity } from '../../model/model.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import type { ScanScope } from '../../sweep/scanner.ts';
import { statusOf, type Target } from '../../sweep/targets.ts';
import { type After, type Known, listAfter, nameIsMadeIn, type Span } from './list-after.ts';
import type { Before } from './list-before.ts';
import type { ListScope } from './names-in.ts';
import { knownFrom, type Snapshot } from './snapshots.ts';
import type { Watched } from './watched.ts';

/**
 * The input of the sweep after the command: the watched directories, and in them only what was not there
 * before.
 */
export interface Appeared {
  readonly targets: readonly Target[];
  readonly passesOver: ScanScope['passesOver'];
  /** How many names appeared. */
  readonly count: number;
  /** Names that could not be looked at when it was their turn; they grow while the sweep goes on. */
  readonly errors: readonly SweepError[];
}

type Listed = After & { readonly kind: 'listed' };

/** The course of a command, as far as it matters for what appeared. */
export interface Course {
  /** All that was listed before. */
  readonly snapshots: readonly Snapshot[];
  /** The directories to sweep: of those, and what was found only while the command ran. */
  readonly swept: readonly Snapshot[];
  readonly span: Span;
}

/**
 * Lists the directories again, when the command has ended. Only what is there now is swept, and who uses it
 * is looked up later: what a CRIU makes that is started from now on is not even seen.
 *
 * @param placeNow where a path leads since our working directory was moved
 */
export async function findAppeared(
  { snapshots, swept, span }: Course,
  match: NameMatcher,
  placeNow: (path: Bytes) => Bytes,
): Promise<Appeared> {
  const targets: Target[] = [];
  const listed = new Map<string, Listed>();
  const known = knownFrom(snapshots, span);
  for (const snapshot of swept) {
    const { watched, before } = snapshot;
    const scope = { kinds: watched.kinds, match, stopped: () => false };
    const after = await listAgain(before, placeNow, scope, known(snapshot));
    if (after === null || (after.kind === 'listed' && listed.has(keyOf(after.identity)))) continue;
    // Of an engine's many directories only those in which something appeared are worth a word.
    const isEmpty = after.kind === 'missing' || (after.kind === 'listed' && after.names.size === 0);
    if (watched.why === 'engine' && isEmpty) continue;
    targets.push(targetOf(watched, before, after));
    if (after.kind === 'listed') listed.set(keyOf(after.identity), after);
  }
  const errors: SweepError[] = [];
  return {
    targets,
    errors,
    count: [...listed.values()].reduce((sum, { names }) => sum + names.size, 0),
    passesOver(parent: Identity, name: Bytes): boolean {
      const kind = match(name);
      const here = listed.get(keyOf(parent));
      if (kind === undefined || here === undefined || !here.names.has(name, kind)) return true;
      return here.foundMeanwhile && !isStillNew(here, name, span, errors);
    },
  };
}

/** The name may be another directory's by now. What cannot be looked at is passed over, and said. */
function isStillNew({ resolved }: Listed, name: Bytes, span: Span, errors: SweepError[]): boolean {
  try {
    return nameIsMadeIn(name, span);
  } catch (error) {
    errors.push({ path: joinPath(resolved, name), ...errnoOf(error) });
    return false;
  }
}

/** `null`: nothing is to be swept there, and nothing to be said. */
async function listAgain(
  before: Before,
  placeNow: (path: Bytes) => Bytes,
  scope: ListScope,
  known: Known,
): Promise<After | null> {
  switch (before.kind) {
    case 'kernels':
      return null;
    // In a directory that could not be listed before, nobody knows what is new.
    case 'failed':
      return before;
    case 'missing':
    case 'listed':
    case 'unlisted':
      return listAfter(before, placeNow, scope, known);
  }
}

function targetOf({ path, why }: Watched, before: Before, after: After): Target {
  switch (after.kind) {
    case 'failed': {
      const { code, syscall } = after;
      return { kind: 'none', path, status: statusOf({ code }), error: { path, code, syscall } };
    }
    case 'missing': {
      const never = why === 'named' && before.kind === 'missing';
      const error = never ? { path, code: 'ENOENT', syscall: 'realpath' } : null;
      return { kind: 'none', path, status: 'missing', error };
    }
    case 'listed':
      return { kind: 'tree', path, resolved: after.resolved, identity: after.identity };
  }
}
