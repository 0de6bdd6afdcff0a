import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes } from '../../src/linux/bytes.ts';
import type { Candidate, Facts, Policy, Why } from '../../src/model/model.ts';
import { CLOCK_GRAIN_MS, judge, octalMode } from '../../src/sweep/filter.ts';

const NOW = Date.UTC(2026, 1, 13, 3, 0, 0);
const HOUR = 3_600_000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;

const POLICY: Policy = {
  kinds: [],
  olderThanMs: HOUR,
  ageBy: 'mtime',
  owner: 0,
  mode: 0o700,
  maxDepth: null,
  crossDevice: false,
  exclude: [],
};

const CANDIDATE: Candidate = {
  parent: { path: bytes`/work`, dev: 1, ino: 2 },
  name: bytes`.criu.mntns.8uhTbO`,
  kind: { prefix: bytes`.criu.mntns.`, modes: [0o700, 0o777], mountable: true },
  excluded: false,
  mountedAt: null,
};

const ANY_MODE = { ...CANDIDATE.kind, modes: null };

const OLD: Facts = {
  dev: 1,
  ino: 3,
  mode: S_IFDIR | 0o700,
  uid: 0,
  size: 4096,
  nlink: 2,
  mtimeMs: NOW - 2 * HOUR,
  ctimeMs: NOW - 2 * HOUR,
  birthtimeMs: NOW - 2 * HOUR,
};

function whys(
  facts: Partial<Facts>,
  candidate: Partial<Candidate> = {},
  policy: Partial<Policy> = {},
): Why[] {
  const { reasons } = judge(
    { ...CANDIDATE, ...candidate },
    { ...OLD, ...facts },
    { ...POLICY, ...policy },
    NOW,
  );
  return reasons.map((reason) => reason.why);
}

describe('the filter', () => {
  it.each<[string, Why[], Partial<Facts>, Partial<Candidate>?, Partial<Policy>?]>([
    ['lets a leftover pass', [], {}],
    ['lets a second mode of the kind pass', [], { mode: S_IFDIR | 0o777 }],
    ['keeps what another user owns', ['owner'], { uid: 1000 }],
    ['lets any owner pass where any is asked for', [], { uid: 1000 }, {}, { owner: null }],
    ['keeps another mode', ['mode'], { mode: S_IFDIR | 0o755 }],
    ['lets any mode pass where any is asked for', [], { mode: S_IFDIR | 0o4755 }, { kind: ANY_MODE }],
    ['tells the set-group-ID bit from none', ['mode'], { mode: S_IFDIR | 0o2700 }],
    ['tells the sticky bit from none', ['mode'], { mode: S_IFDIR | 0o1700 }],
    ['keeps a link, whose mode is 0777', ['not-a-directory'], { mode: S_IFLNK | 0o777 }],
    ['keeps what is as old as the threshold, not older', ['too-young'], { mtimeMs: NOW - HOUR }],
    ['lets pass what is a millisecond older', [], { mtimeMs: NOW - HOUR - 1 }],
    ['keeps what is of the future', ['future'], { mtimeMs: NOW + 1 }],
    ['keeps what is of this very moment', ['too-young'], { mtimeMs: NOW }, {}, { olderThanMs: 0 }],
    [
      'keeps what the clock grain cannot tell from now',
      ['too-young'],
      { mtimeMs: NOW - CLOCK_GRAIN_MS },
      {},
      { olderThanMs: 0 },
    ],
    [
      'lets pass what is older than the clock grain',
      [],
      { mtimeMs: NOW - CLOCK_GRAIN_MS - 1 },
      {},
      { olderThanMs: 0 },
    ],
    ['lets 1960 pass', [], { mtimeMs: Date.UTC(1960, 0) }],
    ['lets the epoch pass', [], { mtimeMs: 0 }],
    [
      'does not look at the age where none is asked for',
      [],
      { mtimeMs: NOW + HOUR },
      {},
      { olderThanMs: null },
    ],
    ['counts from ctime', ['too-young'], { ctimeMs: NOW - 20 }, {}, { ageBy: 'ctime' }],
    ['counts from birthtime', ['too-young'], { birthtimeMs: NOW - 20 }, {}, { ageBy: 'birthtime' }],
    ['does not know a birthtime of 0', ['unknown'], { birthtimeMs: 0 }, {}, { ageBy: 'birthtime' }],
    ['counts from the newest', ['too-young'], { ctimeMs: NOW - 20 }, {}, { ageBy: 'newest' }],
    ['takes the newest of what is kept', [], { birthtimeMs: 0 }, {}, { ageBy: 'newest' }],
    ['keeps a mount that its device tells', ['mounted'], { dev: 7 }],
    ['keeps a mount that mountinfo tells', ['mounted'], {}, { mountedAt: bytes`/work/.criu.mntns.8uhTbO` }],
    ['keeps what is excluded', ['excluded'], {}, { excluded: true }],
    [
      'says every reason',
      ['mounted', 'owner', 'mode', 'too-young'],
      { dev: 7, uid: 5, mode: S_IFDIR, mtimeMs: NOW - 99 },
    ],
  ])('%s', (_, expected, facts, candidate, policy) => {
    expect(whys(facts, candidate, policy)).toEqual(expected);
  });

  it('says what it found with each reason', () => {
    const facts = { ...OLD, uid: 1000, mode: S_IFDIR | 0o2755, mtimeMs: NOW - 61_000.7 };
    expect(judge(CANDIDATE, facts, POLICY, NOW)).toEqual({
      ageMs: 61_000,
      reasons: [
        { why: 'owner', uid: 1000 },
        { why: 'mode', mode: '2755' },
        { why: 'too-young', ageMs: 61_000 },
      ],
    });
  });

  it('says of a birthtime that is not kept which call did not tell it, and no age', () => {
    const policy: Policy = { ...POLICY, ageBy: 'birthtime' };
    expect(judge(CANDIDATE, { ...OLD, birthtimeMs: 0 }, policy, NOW)).toEqual({
      ageMs: null,
      reasons: [{ why: 'unknown', code: 'ENODATA', syscall: 'statx' }],
    });
  });

  it('says a mode with all its digits', () => {
    expect([0, 0o7, 0o700, 0o40755, 0o107777].map(octalMode)).toEqual([
      '0000',
      '0007',
      '0700',
      '0755',
      '7777',
    ]);
  });

  it('says a time that no Date can hold', () => {
    const { reasons } = judge(CANDIDATE, { ...OLD, mtimeMs: 9e18 }, POLICY, NOW);
    expect(reasons).toEqual([{ why: 'future', mtime: '+275760-09-13T00:00:00.000Z' }]);
  });

  it('never lets more pass when the threshold is larger', () => {
    const time = fc.integer({ min: NOW - 10 * HOUR, max: NOW + HOUR });
    const threshold = fc.integer({ min: 0, max: 20 * HOUR });
    fc.assert(
      fc.property(time, threshold, threshold, (mtimeMs, one, other) => {
        const passes = (olderThanMs: number) => whys({ mtimeMs }, {}, { olderThanMs }).length === 0;
        return !passes(Math.max(one, other)) || passes(Math.min(one, other));
      }),
    );
  });

  it('lets nothing pass that fails a check', () => {
    const facts = fc.record({
      mode: fc.integer({ min: 0, max: 0o177777 }),
      uid: fc.constantFrom(0, 1000),
      dev: fc.constantFrom(1, 7),
      mtimeMs: fc.integer({ min: NOW - 2 * HOUR, max: NOW + HOUR }),
    });
    fc.assert(
      fc.property(facts, (some) => {
        const good =
          (some.mode === (S_IFDIR | 0o700) || some.mode === (S_IFDIR | 0o777)) &&
          some.uid === 0 &&
          some.dev === 1 &&
          NOW - some.mtimeMs > HOUR;
        expect(whys(some).length === 0).toBe(good);
      }),
    );
  });
});
