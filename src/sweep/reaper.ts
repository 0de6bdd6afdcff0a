import { rmdirSync } from 'node:fs';
import { fsPath, joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import type { OwnMounts } from '../linux/mountinfo.ts';
import type { Candidate, Facts, Outcome } from '../model/model.ts';
import { emptyBySize, isEmpty } from './emptiness.ts';
import { refusalOf } from './rights.ts';

/** What comes of a candidate that has entries. */
export const NOT_EMPTY: Outcome = { outcome: 'kept', reasons: [{ why: 'not-empty' }] };

/**
 * Removes a candidate of the directory we stand in, or says why not. rmdir(2) is the test of emptiness too: the
 * kernel tests and removes in one step. What lstat already showed to have entries is not tried.
 */
export function remove(candidate: Candidate, facts: Facts, mounts: OwnMounts): Outcome {
  if (emptyBySize(facts, mounts) === false) return NOT_EMPTY;
  try {
    rmdirSync(fsPath(candidate.name));
    return { outcome: 'removed' };
  } catch (error) {
    return outcomeOf(errnoOf(error), candidate);
  }
}

/**
 * The dry-run twin of {@link remove}: changes nothing. Where rmdir(2) is known to fail it says so, as that would; where
 * it cannot be told whether the directory is empty, it is kept.
 */
export function wouldRemove(candidate: Candidate, facts: Facts, mounts: OwnMounts): Outcome {
  try {
    if (!isEmpty(candidate.name, facts, mounts)) return NOT_EMPTY;
    const refusal = refusalOf(candidate.parent, facts);
    return refusal === null ? { outcome: 'would-remove' } : { outcome: 'failed', ...refusal };
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
