import { errnoOf } from '../linux/errno.ts';
import { lstatName, sameFile } from '../linux/lstat.ts';
import type { SweepError } from '../model/model.ts';
import type { Descent } from './descent.ts';
import { abandon, type Level } from './level.ts';
import { type Problem, problem } from './scan.ts';

/**
 * Makes sure that we are still in the mount that the target lies in, or else leaves out the directory we stand in. That
 * costs as much as entering it did, so it is done only before something is said or done there, and now and then.
 */
export function* stayInMount(level: Level, descent: Descent): Generator<Problem, boolean> {
  const mount = descent.lookAtMount(level);
  switch (mount.in) {
    case 'ours':
      return true;
    case 'another':
      abandon(level);
      // What the target itself lies in has been exchanged.
      if (level.name === '') yield problem({ path: level.path, code: 'changed', syscall: 'chdir' });
      return false;
    case 'unseen':
      abandon(level);
      yield problem({ path: level.path, code: mount.code, syscall: mount.syscall });
      return false;
  }
}

/** Says what went wrong below a directory, if that is one of ours to speak of. */
export function* said(errors: readonly SweepError[], level: Level, descent: Descent): Generator<Problem> {
  if (descent.deepest === level && !(yield* stayInMount(level, descent))) return;
  for (const error of errors) yield problem(error);
}

/**
 * Steps out. A directory that said ENOENT was removed while we stood in it, as runtimes do with a container's, and has
 * no entries any more; where its name still is the same directory, that was an error.
 */
export function leave(level: Level, descent: Descent): readonly SweepError[] {
  const errors = descent.leave();
  if (level.missing === null) return errors;
  const gone = errors.length === 0 && level.name !== '' && !isStillThere(level);
  return gone ? errors : [...errors, { path: level.path, ...level.missing }];
}

/** Whether a level that we have just left is where it was; so too where that cannot be told. */
function isStillThere(level: Level): boolean {
  try {
    const facts = lstatName(level.name);
    return facts !== null && sameFile(facts, level);
  } catch (error) {
    errnoOf(error);
    return true;
  }
}
