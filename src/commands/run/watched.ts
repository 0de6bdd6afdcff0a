import { workDirsOf } from '../../criu/callers.ts';
import { MADE_IN_TMP } from '../../criu/catalogue.ts';
import { bytes, encode } from '../../linux/bytes.ts';
import type { Bytes, Kind } from '../../model/model.ts';
import { UsageError } from '../../model/usage-error.ts';

/** A directory that is watched while a command runs. */
export interface Watched {
  /** Relative to the working directory that we and the command share. */
  readonly path: Bytes;
  /** The kinds of leftovers that are removed there. */
  readonly kinds: readonly Kind[];
  /** Asked for with `--work-dir`, so it is worth a word where it never exists. */
  readonly named: boolean;
}

/**
 * The directories to watch: what `--work-dir` names, else what the command line says, else the current one; and /tmp,
 * for the kinds that CRIU makes there.
 *
 * @throws UsageError for an empty `--work-dir`
 */
export function watchedDirectories(
  named: readonly string[],
  command: readonly string[],
  kinds: readonly Kind[],
): readonly Watched[] {
  if (named.includes('')) throw new UsageError('--work-dir: is empty: name a directory');
  const workDirs = named.length > 0 ? named : workDirsOf(command);
  return [
    ...workDirs.map((dir) => ({ path: encode(dir), kinds, named: named.length > 0 })),
    { path: bytes`/tmp`, kinds: kinds.filter(({ prefix }) => MADE_IN_TMP.includes(prefix)), named: false },
  ];
}
