import { findCaller } from '../../criu/callers.ts';
import { MADE_IN_TMP } from '../../criu/catalogue.ts';
import type { ConfigurationEnvironment } from '../../criu/configuration.ts';
import { readConfiguration } from '../../criu/read-configuration.ts';
import { engineGlobs, saidWorkDirs } from '../../criu/said-work-dirs.ts';
import { bytes, encode } from '../../linux/bytes.ts';
import type { WatchedWhy } from '../../model/events.ts';
import type { Bytes, Kind } from '../../model/model.ts';
import { UsageError } from '../../model/usage-error.ts';
import { callerOf, type KnownEnvironment, knownPlaces } from '../../request/known.ts';
import { effectiveUser } from '../../request/prepare.ts';

/** A directory that is watched while a command runs. */
export interface Watched {
  /** Relative to the working directory that we and the command share. */
  readonly path: Bytes;
  /** The kinds of leftovers that are removed there. */
  readonly kinds: readonly Kind[];
  readonly why: WatchedWhy;
}

/** The variables that say where CRIU works, and where a user's containers are. */
export type WatchEnvironment = ConfigurationEnvironment & KnownEnvironment;

/** The places to watch, as far as they are known before the command is started. */
export interface WatchPlan {
  readonly directories: readonly Watched[];
  /** Globs of the directories of the engine that is called. */
  readonly globs: readonly string[];
  /** The source of what is known; `nothing`: the command line does not tell, so CRIU has to be seen. */
  readonly from: 'work-dir option' | 'command line' | 'nothing';
}

/**
 * The places to watch: what `--work-dir` names, else what the command line and CRIU's configuration say, else
 * the current directory.
 *
 * @throws UsageError for an empty `--work-dir`
 */
export async function planWatch(
  named: readonly string[],
  command: readonly string[],
  kinds: readonly Kind[],
  env: WatchEnvironment,
): Promise<WatchPlan> {
  if (named.includes('')) throw new UsageError('--work-dir: is empty: name a directory');
  if (named.length > 0) {
    const directories = named.map((dir): Watched => ({ path: encode(dir), kinds, why: 'named' }));
    return { directories, globs: [], from: 'work-dir option' };
  }
  const said = findCaller(command);
  if (said === null)
    return { directories: [{ path: bytes`.`, kinds, why: 'current' }], globs: [], from: 'nothing' };
  const directories = saidWorkDirs(said, env, readConfiguration).map((dir): Watched => ({ ...dir, kinds }));
  if (said.kind !== 'engine') return { directories, globs: [], from: 'command line' };
  const { targets } = await knownPlaces(callerOf(effectiveUser(), env));
  return { directories, globs: engineGlobs(said, targets), from: 'command line' };
}

/** /tmp, which is always watched for the kinds that CRIU makes there whatever its work dir. */
export function temporaryDirectory(kinds: readonly Kind[]): Watched {
  return {
    path: bytes`/tmp`,
    kinds: kinds.filter(({ prefix }) => MADE_IN_TMP.includes(prefix)),
    why: 'always',
  };
}
