import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asBytes } from '../../../src/linux/bytes.ts';
import { makeDevice } from '../../../src/linux/device.ts';
import { OwnMounts } from '../../../src/linux/own-mounts.ts';
import { Locks } from '../../../src/sweep/in-use/locks.ts';
import { bytesOf } from '../../support/arbitrary-bytes.ts';
import { holds } from '../../support/cases.ts';

/** What lock_get_status() in fs/locks.c writes of a kind of lock. */
const KINDS = [
  'FLOCK  ADVISORY  WRITE',
  'FLOCK  MSNFS     READ ',
  'POSIX  ADVISORY  READ ',
  'OFDLCK ADVISORY  WRITE',
  'LEASE  BREAKING  UNLCK',
  'DELEG  ACTIVE    READ ',
];

/** A lock, and the line that the kernel writes of it; `waits`: how deep below the one that it waits for. */
const written = fc
  .record({
    waits: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom(...KINDS),
    pid: fc.oneof(fc.integer({ min: -1, max: 2 ** 22 }), fc.constant(process.pid)),
    major: fc.integer({ min: 0, max: 4095 }),
    minor: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
    ino: fc.oneof(fc.bigInt({ min: 1n, max: 3n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })),
    range: fc.constantFrom('0 EOF', '128 128', '1073741824 1073742335'),
  })
  .map(({ waits, kind, range, ...lock }) => {
    const place = `${hex(lock.major)}:${hex(lock.minor)}:${lock.ino}`;
    const below = waits === 0 ? '' : `${' '.repeat(waits - 1)}-> `;
    return { lock, line: `${waits}: ${below}${kind} ${lock.pid} ${place} ${range}` };
  });

const hex = (value: number): string => value.toString(16).padStart(2, '0');
type Lock = Parameters<Parameters<typeof written.map>[0]>[0]['lock'];

/** Expects of every lock's file that those processes hold it that the locks name, and nobody its neighbours. */
function expectHolders(text: string, all: readonly Lock[]): void {
  const locks = new Locks(new OwnMounts([]));
  locks.add(text);
  const parent = { path: asBytes('/x'), dev: 1, ino: 1 };
  const holders = (dev: number, ino: bigint) => {
    const exact = ino <= 2n ** 53n - 1n ? Number(ino) : ino;
    return new Set(locks.of({ dev, ino: exact }, { parent, name: asBytes('y') }));
  };
  const named = (dev: number, ino: bigint) =>
    new Set(
      all
        .filter((one) => makeDevice(one.major, one.minor) === dev && one.ino === ino)
        .map((one) => one.pid)
        .filter((pid) => pid !== process.pid),
    );
  for (const { major, minor, ino } of all) {
    const dev = makeDevice(major, minor);
    for (const [device, inode] of [
      [dev, ino],
      [dev, ino + 1n],
      [dev + 1, ino],
    ] as const)
      expect(holders(device, inode)).toEqual(named(device, inode));
  }
  expect(locks.size).toBe(new Set(all.map((one) => `${one.major}:${one.minor}:${one.ino}`)).size);
}

test('is read as the kernel wrote it, inode numbers above 2^53 too', () =>
  holds(
    fc.property(fc.array(written, { maxLength: 6 }), (all) => {
      expectHolders(
        all.map(({ line }) => `${line}\n`).join(''),
        all.map(({ lock }) => lock),
      );
    }),
    500,
  ));

test('what is no line of it, or has no file, is passed over, and hides no lock', () => {
  const rubbish = bytesOf('-> ', 'FLOCK  ', 'ADVISORY  ', 'WRITE ', 'fe:', '0 EOF').map((some) =>
    some.replace(/[\n\d]/g, ''),
  );
  const fileless = fc.constantFrom(
    '7: FLOCK  *NOINODE* WRITE 12 <none>:0 0 EOF',
    '8: UNKNOWN UNKNOWN  READ  1 ',
  );
  return holds(
    fc.property(fc.array(fc.oneof(written, rubbish, fileless), { maxLength: 8 }), (all) => {
      const lines = all.map((each) => (typeof each === 'string' ? each : each.line));
      const locks = all.flatMap((each) => (typeof each === 'string' ? [] : [each.lock]));
      expectHolders(`${lines.join('\n')}\n`, locks);
    }),
    500,
  );
});

test('never throws, whatever it says, and takes no line for two locks', () => {
  const words = ['1: ', '-> ', 'FLOCK  ', 'ADVISORY  ', 'WRITE ', '12 ', 'fe:00:', '131 ', '0 EOF', '\n'];
  return holds(
    fc.property(bytesOf(...words), (some) => {
      const locks = new Locks(new OwnMounts([]));
      locks.add(some);
      expect(locks.size).toBeLessThanOrEqual(some.split('\n').length);
    }),
    500,
  );
});
