import { expect, test } from 'vitest';
import { CATALOGUE, CRIU, MADE_IN_TMP } from '../../src/criu/catalogue.ts';
import { asBytes } from '../../src/linux/bytes.ts';
import { CATALOGUE as SECOND } from '../support/leftovers.ts';

test('a leftover has these prefixes and modes, and can be mounted on', () => {
  expect(CATALOGUE.map(({ prefix, modes, mountable }) => ({ prefix, modes, mountable }))).toEqual(SECOND);
});

test('each kind is made at these places, by these tasks', () => {
  const made = CATALOGUE.map(({ prefix, places, madeBy }) => [prefix, places.join(), madeBy.join()]);
  expect(made).toEqual([
    ['.criu.temp-aa-policy.', 'work dir', 'dump,pre-dump'],
    ['.criu.cgyard.', 'work dir', 'restore'],
    ['.criu.cgmounts.', 'work dir', 'dump,pre-dump'],
    ['crtools-sys.', 'work dir', 'dump,pre-dump'],
    ['crtools-proc.', '/tmp,work dir', 'restore'],
    ['cr-tmpfs.', '/tmp,root', 'dump,restore'],
    ['.criu.mntns.', '/tmp,root', 'restore'],
    ['crtools-put-root.', 'root', 'restore'],
    ['.criu.mnt.', '/tmp', 'check'],
    ['.criu.move_mount_set_group.', '/tmp', 'start'],
  ]);
});

test('what may be mounted is said of every kind that is mountable, and of no other', () => {
  for (const { mounted, mountable } of CATALOGUE) expect(mounted !== null && mounted !== '').toBe(mountable);
});

test('these are made in /tmp', () => {
  expect(MADE_IN_TMP).toEqual([
    'crtools-proc.',
    'cr-tmpfs.',
    '.criu.mntns.',
    '.criu.mnt.',
    '.criu.move_mount_set_group.',
  ]);
  expect(CRIU.temporary).toBe('/tmp');
});

test.each(['criu', 'criu-3.16.1', 'criu4.2', 'criu_3', 'criu.4'])('the comm %j is a CRIU', (comm) => {
  expect(CRIU.isComm(asBytes(comm))).toBe(true);
});

test.each([
  '',
  'cri',
  'xcriu',
  'criu-',
  'criu-ns',
  'criu-sweep',
  'criu-coordinator',
  'CRIU',
  'criu 4',
])('the comm %j is none', (comm) => {
  expect(CRIU.isComm(asBytes(comm))).toBe(false);
});
