import { assertErrno } from '../linux/errno.ts';
import { lstatName, sameFile } from '../linux/lstat.ts';
import type { SweepError } from '../model/events.ts';
import type { Descent } from './descent.ts';
import { abandon, type Level } from './level.ts';
import { type Problem, problem } from './scan.ts';

/**
 * Makes sure that we are still in the target's mount; gives up the directory we stand in otherwise. This
 * costs as much as entering the directory did. So it is done only before something is said or done there, and
 * now and then.
 */
export function* stayInMount(level: Level, descent: Descent): Generator<Problem, boolean> {
  const mount = descent.mount.which(level);
  switch (mount.kind) {
    case 'ours':
      return true;
    case 'another':
      abandon(level);
      // The path to the target itself now leads to another mount.
      if (level.name === '') yield problem({ path: level.path, code: 'changed', syscall: 'chdir' });
      return false;
    case 'unseen':
      abandon(level);
      yield problem({ path: level.path, code: mount.code, syscall: mount.syscall });
      return false;
  }
}

/** Hands out errors from below a directory, if that directory lies in the target's mount. */
export function* said(errors: readonly SweepError[], level: Level, descent: Descent): Generator<Problem> {
  if (descent.deepest === level && !(yield* stayInMount(level, descent))) return;
  for (const error of errors) yield problem(error);
}

/**
 * Steps out. If reading said ENOENT, the directory was removed while we stood in it, as runtimes do with a
 * container's: it has no entries any more. If its name is still the same directory, the ENOENT was an error.
 */
export function leave(level: Level, descent: Descent): readonly SweepError[] {
  if (level.missing === null) return descent.leaveForNext();
  const errors = descent.leave();
  const gone = errors.length === 0 && level.name !== '' && !isStillThere(level);
  return gone ? errors : [...errors, { path: level.path, ...level.missing }];
}

/** Whether the level that we have just left is still at its place; true also if we cannot tell. */
function isStillThere(level: Level): boolean {
  try {
    const facts = lstatName(level.name);
    return facts !== null && sameFile(facts, level);
  } catch (error) {
    assertErrno(error);
    return true;
  }
}
