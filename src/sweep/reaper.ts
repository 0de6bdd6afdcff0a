import { rmdirSync } from 'node:fs';
import { fsPath, joinPath } from '../linux/bytes.ts';
import { errnoOf } from '../linux/errno.ts';
import type { OwnMounts } from '../linux/own-mounts.ts';
import type { Candidate, Facts, Outcome } from '../model/model.ts';
import { emptyBySize, isEmpty } from './emptiness.ts';
import { refusalOf } from './rights.ts';

/** The outcome for a candidate that has entries. */
export const NOT_EMPTY: Outcome = { outcome: 'kept', reasons: [{ why: 'not-empty' }] };

/**
 * Removes a candidate of the directory we stand in, or says why not. rmdir(2) is also the test for emptiness:
 * the kernel tests and removes in one step. A directory whose size says that it has entries is not tried.
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
 * The dry-run twin of {@link remove}: changes nothing. Fails where rmdir(2) is known to fail. Keeps the
 * directory if we cannot tell whether it is empty.
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

/** The outcome that an errno of rmdir(2) means. */
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
