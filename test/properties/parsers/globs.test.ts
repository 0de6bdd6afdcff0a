import fc from 'fast-check';
import fastGlob from 'fast-glob';
import micromatch from 'micromatch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asBytes, encode, toText } from '../../../src/linux/bytes.ts';
import { OwnMounts } from '../../../src/linux/own-mounts.ts';
import { Bearings } from '../../../src/request/bearings.ts';
import { pathMatcher } from '../../../src/request/path-matcher.ts';
import { resolveTargets } from '../../../src/request/resolve-targets.ts';
import { holds } from '../../support/cases.ts';
import { NAMES, SEGMENTS } from '../../support/globs.ts';
import { makeScratch, removeScratch } from '../../support/scratch.ts';
import { plant } from '../../support/tree.ts';

/** But for `!(a)`, which micromatch takes for what does not begin with `a`, where a slash follows; ours is as in bash. */
const GLOB_SEGMENTS = [...SEGMENTS, 'a/**/b'];

let dir = '';
let before = '';
beforeAll(() => {
  before = process.cwd();
  dir = makeScratch();
  plant(dir, [
    ...NAMES.flatMap((one) => NAMES.map((two) => ({ path: encode(`${one}/${two}`) }))),
    ...['a/b/ab', 'a/b/a', 'ab/b/.x', '.x/.x/.x', 'b/a/b/a/b'].map((path) => ({ path })),
    { path: 'a/link', kind: 'symlink', to: '../b' },
    { path: 'b/file', kind: 'file' },
  ]);
});
afterAll(() => {
  process.chdir(before);
  removeScratch(dir);
});

const globs = fc
  .array(fc.constantFrom(...GLOB_SEGMENTS), { minLength: 1, maxLength: 3 })
  .map((each) => each.join('/'));

async function expand(glob: string): Promise<readonly string[]> {
  process.chdir(dir);
  const { targets, errors } = await resolveTargets([glob], {
    match: () => undefined,
    mounts: new OwnMounts([]),
    crossDevice: false,
    nested: true,
    ignoreMissing: false,
    bearings: new Bearings(),
    interrupted: () => false,
  });
  expect(errors).toEqual([]);
  process.chdir(dir);
  return targets.flatMap((target) => (target.kind === 'tree' ? [target.path] : [])).sort();
}

/** The same cases in every run, where the environment names no other seed: these compare us with two libraries. */
const SEED = 1;

/** Globs that were tried: there are at most 14,424, so of a million cases most are the same again. */
const tried = new Set<string>();

/** As fast-glob asks micromatch: for a directory with a slash at its end, too (_isMatchToPatterns in its EntryFilter). */
function directoryMatcher(glob: string): (path: string) => boolean {
  const matches = micromatch.matcher(glob, { dot: true, posix: true });
  return (path) => matches(path) || matches(`${path}/`);
}

test('a glob names the directories that fast-glob finds, and none that does not match', () =>
  holds(
    fc.asyncProperty(globs, async (glob) => {
      if (tried.has(glob)) return;
      process.chdir(dir);
      const found = await fastGlob(glob, { onlyDirectories: true, dot: true, followSymbolicLinks: false });
      const ours = await expand(glob);
      expect(ours).toEqual(expect.arrayContaining(found.map(encode)));
      // It finds nothing for `?/a`, which glob-parent takes for a name.
      const matches = directoryMatcher(glob);
      expect(ours.filter((path) => !matches(toText(asBytes(path))))).toEqual([]);
      tried.add(glob);
    }),
    400,
    SEED,
  ));

test('what is excluded is what fast-glob takes for a directory that matches, dot names too', () => {
  const paths = fc
    .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
    .map((each) => each.join('/'));
  return holds(
    fc.property(globs, paths, (glob, path) => {
      expect(pathMatcher(glob)(path)).toBe(directoryMatcher(glob)(path));
    }),
    3000,
    SEED,
  );
});
