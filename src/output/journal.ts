import { fstatSync } from 'node:fs';
import { assertErrno } from '../linux/errno.ts';
import type { Environment } from '../model/environment.ts';
import { journalMark, type Mark, unmarked } from '../report/severity.ts';

/**
 * The prefix for lines written to `fd`: a syslog priority if it is the journal's stream, which systemd names
 * as `device:inode` in $JOURNAL_STREAM. Otherwise there is none, also if the stream was redirected since.
 */
export function markFor(fd: number, { JOURNAL_STREAM }: Pick<Environment, 'JOURNAL_STREAM'>): Mark {
  if (JOURNAL_STREAM === undefined || JOURNAL_STREAM === '') return unmarked;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}` === JOURNAL_STREAM ? journalMark : unmarked;
  } catch (error) {
    assertErrno(error);
    return unmarked;
  }
}
