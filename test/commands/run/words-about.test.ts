import { expect, test } from 'vitest';
import type { CriuSeen } from '../../../src/commands/run/criu-watch.ts';
import { NameSet } from '../../../src/commands/run/name-set.ts';
import type { Snapshot } from '../../../src/commands/run/snapshots.ts';
import type { WatchPlan } from '../../../src/commands/run/watched.ts';
import { wordsAbout } from '../../../src/commands/run/words-about.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import type { End } from '../../../src/model/events.ts';

const PLAN: WatchPlan = { directories: [], globs: [], from: 'nothing' };
const UNSEEN: CriuSeen = { places: [], any: false };
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
  expect(wordsAbout(PLAN, PLACES, ENDED, UNSEEN)).toEqual([
    'no CRIU was recognised in the command, and none seen: watched: /a and /tmp; --work-dir names another directory',
  ]);
  expect(wordsAbout(PLAN, [MISSING], ENDED, { ...UNSEEN, any: true })).toEqual([
    'no CRIU was recognised in the command, and the one seen works where we do not come: watched: nothing; --work-dir names another directory',
  ]);
});

test('nothing is said where the command line told, CRIU was seen, or nothing was started', () => {
  const places = [{ path: bytes`/w`, identity: { dev: 1, ino: 3 } }];
  expect(wordsAbout({ ...PLAN, from: 'command line' }, PLACES, ENDED, UNSEEN)).toEqual([]);
  expect(wordsAbout({ ...PLAN, from: 'work-dir option' }, PLACES, ENDED, UNSEEN)).toEqual([]);
  expect(wordsAbout(PLAN, PLACES, ENDED, { ...UNSEEN, any: true, places })).toEqual([]);
  const not = { kind: 'not-started', status: 127, code: 'ENOENT', syscall: 'spawn' } as const;
  expect(wordsAbout(PLAN, PLACES, not, UNSEEN)).toEqual([]);
});
