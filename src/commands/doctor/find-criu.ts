import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { assertErrno } from '../../linux/errno.ts';

/** The directories of administrators' programs, which the PATH of a user or of cron often lacks. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The criu that would be run, and those before it that cannot be. */
export interface FoundCriu {
  /** `null`: there is none. */
  readonly path: string | null;
  readonly notExecutable: readonly string[];
}

/**
 * Looks for criu as execvp(3) does, and then in the sbin directories. Entries of PATH that are not
 * absolute are passed over: doctor runs as root, and where it stands says nothing of the host.
 */
export function findCriu(path: string | undefined): FoundCriu {
  const directories = (path ?? '').split(':').filter((directory) => directory.startsWith('/'));
  const notExecutable: string[] = [];
  for (const directory of new Set([...directories, ...SBIN])) {
    const file = join(directory, 'criu');
    if (!isFile(file)) continue;
    if (isExecutable(file)) return { path: file, notExecutable };
    notExecutable.push(file);
  }
  return { path: null, notExecutable };
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    assertErrno(error);
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    assertErrno(error);
    return false;
  }
}
