import { basename } from 'node:path';
import { CANDIDATE, OUTSIDE, UNTOUCHED } from './moves.ts';
import type { Step, Stepped } from './step.ts';

/** What is wrong with a sweep between whose calls these moves were made; nothing where it kept its promises. */
export function judgeSteps(run: Stepped, steps: readonly Step[]): string[] {
  return [...lostOutside(run), ...lostToMoves(run, steps), ...untrue(run), ...missed(run)];
}

/** Leftovers that lie outside of the target, and went. */
function lostOutside({ before, after }: Stepped): string[] {
  return OUTSIDE.filter((path) => before.get(path)?.identity !== after.get(path)?.identity).map(
    (path) => `lost outside: ${path}`,
  );
}

/** What the moves put there and no check lets go. Of two moves, the later one may have undone what the first did. */
function lostToMoves({ calls, moves, after }: Stepped, steps: readonly Step[]): string[] {
  const step = steps.at(-1);
  const made = moves.at(-1);
  if (step === undefined || made === undefined || !made.done || moves.length < steps.length) return [];
  const { stays, staysIfSeen = [] } = step.move;
  const later = calls.slice(made.after);
  const seen = later.some(({ name, result, path }) => isLstat(name) && result === 0 && isCandidate(path));
  const wanted = [...Object.entries(stays), ...(seen ? staysIfSeen.map((path) => [path, 'd'] as const) : [])];
  return wanted
    .filter(([path, type]) => after.get(path)?.type !== type)
    .map(([path]) => `lost what was put there: ${path}`);
}

const isLstat = (name: string): boolean => ['statx', 'lstat', 'newfstatat'].includes(name);
const isCandidate = (path: string): boolean => basename(path) === basename(CANDIDATE);

/** Where the report does not say what was done. */
export function untrue({ calls, report, code, err }: Stepped): string[] {
  const wrong: string[] = [];
  if (code !== 0 && code !== 3) wrong.push(`ended with ${code}: ${err.slice(0, 300)}`);
  if (report.exitCode !== code) wrong.push(`the report says ${report.exitCode}, it was ${code}`);
  const removed = calls.filter(({ name, result }) => name === 'rmdir' && result === 0);
  const said = report.items.filter(({ outcome }) => outcome === 'removed');
  const names = (paths: readonly string[]) =>
    paths
      .map((path) => basename(path))
      .toSorted()
      .join(', ');
  const [done, told] = [names(removed.map(({ path }) => path)), names(said.map(({ path }) => path))];
  if (done !== told) wrong.push(`removed ${done || 'nothing'}, and said ${told || 'nothing'}`);
  if (code === 0 && (report.errors.length > 0 || report.targets.some(({ status }) => status !== 'swept')))
    wrong.push('errors, and exit 0');
  return wrong;
}

/** The leftover that nobody touched, where it was left and exit 0 said that all was seen. */
export function missed({ after, code }: Stepped): string[] {
  return code === 0 && after.has(UNTOUCHED) ? [`left, and exit 0: ${UNTOUCHED}`] : [];
}

/** Whether what went was not what the last lstat(2) saw: the one thing that no check can see. */
export function gotThrough({ calls, moves, after }: Stepped): boolean {
  const made = moves.at(-1);
  if (made === undefined || !made.done || after.has(CANDIDATE)) return false;
  const later = calls.slice(made.after);
  const removal = later.findIndex(
    ({ name, result, path }) => name === 'rmdir' && result === 0 && isCandidate(path),
  );
  const looks = later.findIndex(({ name, path }) => isLstat(name) && isCandidate(path));
  return removal !== -1 && (looks === -1 || looks > removal);
}
