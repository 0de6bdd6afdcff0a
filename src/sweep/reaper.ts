import { opendirSync, readdirSync, rmdirSync } from 'node:fs';
import { fsPath, joinPath } from '../bytes.ts';
import { errnoOf } from '../errno.ts';
import type { Bytes, Candidate, Facts, Outcome } from '../model.ts';

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

/** The dry-run twin of {@link remove}: reads an entry to know emptiness, and changes nothing. */
export function wouldRemove(candidate: Candidate, facts: Facts): Outcome {
  try {
    if (isEmpty(candidate.name, facts.size)) return { outcome: 'would-remove' };
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
export function seemsEmpty({ name }: Candidate, { size }: Facts): boolean {
  try {
    return isEmpty(name, size);
  } catch (error) {
    errnoOf(error);
    return true;
  }
}

/** Bytes of st_size up to which reading a directory whole costs less than opening it for a single entry. */
const SMALL_DIRECTORY = 4096;

/** Reads one entry of a directory beside us, whose st_size is known. Throws the errno of opendir(3) or readdir(3). */
function isEmpty(name: Bytes, size: number): boolean {
  if (size <= SMALL_DIRECTORY) return readdirSync(fsPath(name)).length === 0;
  const directory = opendirSync(fsPath(name), { bufferSize: 1 });
  try {
    return directory.readSync() === null;
  } finally {
    directory.closeSync();
  }
}
