import { expect, test } from 'vitest';
import type { CriuSeen } from '../../../src/commands/run/criu-watch.ts';
import { NameSet } from '../../../src/commands/run/name-set.ts';
import type { Snapshot } from '../../../src/commands/run/snapshots.ts';
import type { WatchPlan } from '../../../src/commands/run/watched.ts';
import { wordsAbout } from '../../../src/commands/run/words-about.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import type { End } from '../../../src/model/events.ts';
import type { Target } from '../../../src/sweep/targets.ts';

const PLAN: WatchPlan = { directories: [], globs: [], from: 'nothing' };
const UNSEEN: CriuSeen = { places: [], elsewhere: false };
const ENDED: End = { kind: 'exited', status: 0 };
const listed = (path: string): Snapshot => ({
  watched: { path: bytes`.`, kinds: [], why: 'current' },
  before: {
    ...{ kind: 'listed', resolved: asBytes(path), identity: { dev: 1, ino: 2 } },
    ...{ names: new NameSet([]), pinned: true },
  },
});
const MISSING: Snapshot = {
  watched: { path: bytes`/m`, kinds: [], why: 'always' },
  before: { kind: 'missing', resolved: bytes`/m` },
};
const PLACES = [listed('/a'), MISSING, listed('/tmp')];

test('a command in which no CRIU was recognised or seen: what was watched', () => {
  expect(wordsAbout(PLAN, PLACES, { end: ENDED, seen: UNSEEN }, [])).toEqual([
    'no CRIU was recognised in the command, and none seen: watched: /a and /tmp; --work-dir names another directory',
  ]);
  expect(wordsAbout(PLAN, [MISSING], { end: ENDED, seen: { ...UNSEEN, elsewhere: true } }, [])).toEqual([
    'no CRIU was recognised in the command, and the one seen works where we do not come: watched: nothing; --work-dir names another directory',
  ]);
});

test('nothing is said where the command line told, CRIU was seen, or nothing was started', () => {
  const places = [{ path: bytes`/w`, identity: { dev: 1, ino: 3 } }];
  expect(wordsAbout({ ...PLAN, from: 'command line' }, PLACES, { end: ENDED, seen: UNSEEN }, [])).toEqual([]);
  expect(wordsAbout({ ...PLAN, from: 'work-dir option' }, PLACES, { end: ENDED, seen: UNSEEN }, [])).toEqual(
    [],
  );
  expect(wordsAbout(PLAN, PLACES, { end: ENDED, seen: { ...UNSEEN, elsewhere: true, places } }, [])).toEqual(
    [],
  );
  const not = { kind: 'not-started', status: 127, code: 'ENOENT', syscall: 'spawn' } as const;
  expect(wordsAbout(PLAN, PLACES, { end: not, seen: UNSEEN }, [])).toEqual([]);
});

test('where the command line told, and nothing was ever there: its name', () => {
  const said = (why: 'named' | 'always'): Snapshot => ({ ...MISSING, watched: { ...MISSING.watched, why } });
  const gone: Target = { kind: 'none', path: bytes`/m`, status: 'missing', error: null };
  const plan: WatchPlan = { ...PLAN, from: 'command line' };
  const words = (snapshots: readonly Snapshot[], targets: readonly Target[]) =>
    wordsAbout(plan, snapshots, { end: ENDED, seen: UNSEEN }, targets);
  expect(words([said('named')], [gone])).toEqual([
    '/m: was there neither before nor after the command; --work-dir names where CRIU works',
  ]);
  expect(words([said('named')], [])).toEqual([]);
  expect(words([said('always')], [gone])).toEqual([]);
  expect(words([said('named'), listed('/a')], [gone])).toEqual([]);
  const others: readonly Target[] = [
    { ...gone, path: bytes`/n` },
    { ...gone, status: 'unreadable' },
    { kind: 'tree', path: bytes`/m`, resolved: bytes`/m`, identity: { dev: 1, ino: 2 } },
  ];
  expect(words([said('named')], others)).toEqual([]);
});

test('where the command line told of several places, and none was ever there: all their names', () => {
  const plan: WatchPlan = { ...PLAN, from: 'command line' };
  const named = (path: string): Snapshot => ({
    watched: { path: asBytes(path), kinds: [], why: 'command' },
    before: { kind: 'missing', resolved: asBytes(path) },
  });
  const gone = (path: string): Target => ({
    ...{ kind: 'none', path: asBytes(path) },
    ...{ status: 'missing', error: null },
  });
  const words = (snapshots: readonly Snapshot[]) =>
    wordsAbout(plan, snapshots, { end: ENDED, seen: UNSEEN }, ['/m', '/n', '/w'].map(gone));
  expect(words([named('/m'), named('/n')])).toEqual([
    '/m and /n: was there neither before nor after the command; --work-dir names where CRIU works',
  ]);
  const removedMeanwhile: Snapshot = { ...listed('/w'), watched: named('/w').watched };
  expect(words([removedMeanwhile])).toEqual([]);
});
