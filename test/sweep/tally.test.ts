import { expect, test } from 'vitest';
import { bytes } from '../../src/linux/bytes.ts';
import type { Item, Outcome } from '../../src/model/model.ts';
import { Tally } from '../../src/sweep/tally.ts';

const KIND = { prefix: bytes`x.`, modes: null, mountable: false };
const PARENT = { path: bytes`/w`, dev: 1, ino: 2 };

function item(result: Outcome): Item {
  const candidate = { parent: PARENT, name: bytes`x.000000`, kind: KIND, excluded: false, mountedAt: null };
  return { candidate, facts: null, ageMs: null, result };
}

test('nothing came: all are 0', () => {
  const none = { matched: 0, removed: 0, wouldRemove: 0, kept: 0, vanished: 0, failed: 0, keptBy: {} };
  expect(new Tally().counts()).toEqual(none);
});

test('each outcome is counted, and each reason of each that was kept', () => {
  const tally = new Tally();
  const results: readonly Outcome[] = [
    ...Array<Outcome>(2).fill({ outcome: 'removed' }),
    ...Array<Outcome>(3).fill({ outcome: 'would-remove' }),
    ...Array<Outcome>(5).fill({ outcome: 'vanished' }),
    ...Array<Outcome>(7).fill({ outcome: 'failed', code: 'EIO', syscall: 'rmdir' }),
    { outcome: 'kept', reasons: [{ why: 'not-empty' }] },
    { outcome: 'kept', reasons: [{ why: 'excluded' }, { why: 'owner', uid: 7 }] },
    { outcome: 'kept', reasons: [{ why: 'owner', uid: 8 }] },
  ];
  for (const result of results) tally.add(item(result));
  expect(tally.counts()).toEqual({
    ...{ matched: 20, removed: 2, wouldRemove: 3, kept: 3, vanished: 5, failed: 7 },
    keptBy: { 'not-empty': 1, excluded: 1, owner: 2 },
  });
});

test('sums that were handed out do not change', () => {
  const tally = new Tally();
  const kept = item({ outcome: 'kept', reasons: [{ why: 'not-empty' }] });
  tally.add(kept);
  const before = tally.counts();
  tally.add(kept);
  expect(before.keptBy).toEqual({ 'not-empty': 1 });
});
