import { expect, test } from 'vitest';
import type { Closing } from '../../../src/criu/log/closing.ts';
import { copyOf, FirstError } from '../../../src/criu/log/first-error.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';

const FAILED: Closing = { operation: 'dump', outcome: 'failed' };
const SUCCEEDED: Closing = { operation: 'dump', outcome: 'succeeded' };
const SOURCE = bytes`criu/a.c:1`;

/** The first error of these lines: `begin`, `FAILED`, or an error's message. */
function first(lines: readonly string[], closing: Closing | null = FAILED, nearEnd = false) {
  const errors = new FirstError();
  for (const line of lines) {
    if (line === 'begin') errors.begin();
    else errors.add(asBytes(line), SOURCE, line === 'FAILED');
  }
  return errors.get(closing, nearEnd)?.message ?? null;
}

test.each([
  [['begin', 'one', 'two', 'FAILED'], 'one'],
  [['early', 'begin', 'one', 'FAILED'], 'one'],
  [['early', 'begin', 'FAILED'], 'early'],
  [['early', 'later', 'FAILED'], 'early'],
  [['tun: Unable to create tun: x', 'early', 'FAILED'], 'early'],
  [['tun: Unable to create tun: x', 'FAILED'], 'tun: Unable to create tun: x'],
  [['exited, status=3', 'begin', 'FAILED'], 'exited, status=3'],
  [['uffd: Lazy pages are not available', 'x', 'FAILED'], 'x'],
  [['Diag module missing (1)', 'x', 'FAILED'], 'x'],
  [['no: exited, status=3', 'x', 'FAILED'], 'no: exited, status=3'],
  [['FAILED'], 'FAILED'],
  [[], null],
])('of %j in a run that failed it is %s', (lines, message) => {
  expect(first(lines)).toBe(message);
});

test('a run that went on survived what was before the operation began', () => {
  expect(first(['early', 'begin'], SUCCEEDED)).toBeNull();
  expect(first(['early', 'begin'], null)).toBeNull();
  expect(first(['early', 'begin', 'one'], SUCCEEDED)).toBe('one');
  expect(first(['tun: Unable to create tun: x'], SUCCEEDED)).toBeNull();
});

test('one that did not get any further, or stops soon after an error, did not', () => {
  expect(first(['early'], null)).toBe('early');
  expect(first(['early', 'begin'], null, true)).toBe('early');
  expect(first(['exited, status=3'], null, true)).toBe('exited, status=3');
  expect(first(['exited, status=3'], null, false)).toBeNull();
});

test('a message is kept up to a kilobyte, byte for byte', () => {
  expect(first(['x'.repeat(1025)])).toBe('x'.repeat(1024));
  expect(copyOf(asBytes('\u00ff\u00c3'))).toBe('\u00ff\u00c3');
});
