import { accessSync, constants } from 'node:fs';
import { joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import { isDirectory, lstatName } from '../linux/lstat.ts';
import { isPseudoFileSystem } from '../linux/mountinfo.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { SweepError } from '../model/events.ts';
import type { Bytes, Facts } from '../model/model.ts';
import type { Level } from '../sweep/level.ts';

/** The mounts that a walk may enter. */
export interface Enterable {
  readonly mounts: OwnMounts;
  /** Whether other file systems and bind mounts are entered. Pseudo file systems never are. */
  readonly others: boolean;
}

/**
 * The lstat(2) of a name in the current directory; `null`: it is no directory that the walk may enter. A
 * mount point that may not be entered is not even looked up: a dead server may never answer.
 *
 * @param level the current directory; noted as not searchable if no name can be found in it
 * @param wasDirectory whether the directory's listing called the name a directory
 */
export function factsOfDirectory(
  level: Level,
  name: Bytes,
  wasDirectory: boolean,
  enterable: Enterable,
): Facts | SweepError | null {
  if (!level.searchable) return null;
  const mount = enterable.mounts.shownAt(level, name);
  if (mount !== undefined && !mayEnter(mount.fsType, enterable)) return null;
  try {
    const facts = lstatName(name);
    if (facts === null) return null;
    if (!isDirectory(facts))
      return wasDirectory ? { path: joinPath(level.path, name), code: 'changed', syscall: 'lstat' } : null;
    return facts.dev === level.dev || mayEnter(mount?.fsType, enterable) ? facts : null;
  } catch (error) {
    const errno = errnoOf(error);
    level.searchable = isSearchable();
    return { path: level.searchable ? joinPath(level.path, name) : level.path, ...errno };
  }
}

function mayEnter(fsType: string | undefined, { others }: Enterable): boolean {
  return others && (fsType === undefined || !isPseudoFileSystem(fsType));
}

/** Whether names can be found in the current directory. Only EACCES means that none can. */
function isSearchable(): boolean {
  try {
    accessSync('.', constants.X_OK);
    return true;
  } catch (error) {
    return errnoOf(error).code !== 'EACCES';
  }
}
