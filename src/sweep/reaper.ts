import { opendirSync, readdirSync, rmdirSync } from 'node:fs';
import { fsPath, joinPath } from '../bytes.ts';
import { errnoOf } from '../errno.ts';
import type { Bytes, Candidate, Facts, Outcome } from '../model.ts';
import type { OwnMounts } from './mountinfo.ts';

/** What comes of a candidate that has entries. */
export const NOT_EMPTY: Outcome = { outcome: 'kept', reasons: [{ why: 'not-empty' }] };

/**
 * Removes a candidate of the directory we stand in, or says why not. rmdir(2) is the test of emptiness too: the
 * kernel tests and removes in one step.
 */
export function remove(candidate: Candidate): Outcome {
  try {
    rmdirSync(fsPath(candidate.name));
    return { outcome: 'removed' };
  } catch (error) {
    return outcomeOf(errnoOf(error), candidate);
  }
}

/** The dry-run twin of {@link remove}: changes nothing. */
export function wouldRemove(candidate: Candidate, facts: Facts, mounts: OwnMounts): Outcome {
  try {
    if (isEmpty(candidate, facts, mounts)) return { outcome: 'would-remove' };
    return NOT_EMPTY;
  } catch (error) {
    const result = outcomeOf(errnoOf(error), candidate);
    if (result.outcome !== 'failed') return result;
    return { outcome: 'kept', reasons: [{ why: 'unknown', code: result.code, syscall: result.syscall }] };
  }
}

/** What an errno of rmdir(2) means for the directory it was said of. */
function outcomeOf({ code, syscall }: { code: string; syscall: string }, candidate: Candidate): Outcome {
  switch (code) {
    case 'ENOTEMPTY':
    case 'EEXIST':
      return NOT_EMPTY;
    case 'EBUSY':
      return {
        outcome: 'kept',
        reasons: [{ why: 'mounted', where: joinPath(candidate.parent.path, candidate.name) }],
      };
    case 'ENOTDIR':
      return { outcome: 'kept', reasons: [{ why: 'not-a-directory' }] };
    case 'ENOENT':
      return { outcome: 'vanished' };
    default:
      return { outcome: 'failed', code, syscall };
  }
}

/** Whether it is worth asking who uses a candidate: true also where that cannot be read, for then only rmdir(2) tells. */
export function seemsEmpty(candidate: Candidate, facts: Facts, mounts: OwnMounts): boolean {
  try {
    return isEmpty(candidate, facts, mounts);
  } catch (error) {
    errnoOf(error);
    return true;
  }
}

/** st_size of a tmpfs directory without entries, in bytes: 20 for each, and for `.` and `..` (BOGO_DIRENT_SIZE, mm/shmem.c). */
const EMPTY_ON_TMPFS = 40;

/** Whether a directory beside us is empty. Throws the errno of opendir(3) or readdir(3). */
function isEmpty({ name }: Candidate, { dev, size }: Facts, mounts: OwnMounts): boolean {
  return (size === EMPTY_ON_TMPFS && mounts.isTmpfs(dev)) || hasNoEntry(name, size);
}

/** Bytes of st_size up to which reading a directory whole costs less than opening it for a single entry. */
const SMALL_DIRECTORY = 4096;

function hasNoEntry(name: Bytes, size: number): boolean {
  if (size <= SMALL_DIRECTORY) return readdirSync(fsPath(name)).length === 0;
  const directory = opendirSync(fsPath(name), { bufferSize: 1 });
  try {
    return directory.readSync() === null;
  } finally {
    directory.closeSync();
  }
}
