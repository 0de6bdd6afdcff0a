import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { bytes, encode } from '../../../src/linux/bytes.ts';
import { BlindSpots } from '../../../src/sweep/in-use/blind-spots.ts';
import { Links } from '../../../src/sweep/in-use/links.ts';
import { MountViews } from '../../../src/sweep/in-use/mount-views.ts';
import { UsersByDirectory } from '../../../src/sweep/in-use/users-by-directory.ts';
import { Work } from '../../../src/sweep/in-use/work.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';
import { need } from '../../support/abilities.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { hold } from '../../support/processes.ts';
import { scratch } from '../../support/scratch.ts';

const MATCH = nameMatcher(CATALOGUE);
const ROOT = 0;
const STRANGER = ['setpriv', '--reuid=65534', '--clear-groups', '--'];

beforeEach((context) => need(context, 'root', 'host pid namespace', 'cc'));

/** A look at the descriptors of one process that has a leftover open, of which it has `most` to look at. */
async function lookAtHolder(wrap: readonly string[], most: number | undefined) {
  const path = plantLeftover(scratch());
  const { pid } = await hold({ open: '/tmp' }, ['sh', '-c', `exec 9<${path}; exec "$@"`, 'sh', ...wrap]);
  const blind = new BlindSpots(ROOT);
  const users = new UsersByDirectory(MATCH);
  const mounts = new MountViews(CATALOGUE, MATCH);
  const links = new Links({ blind, mounts, users, work: new Work() }, most);
  const user = { pid, command: bytes`hold` };
  const sight = { path: bytes`/proc/${pid}/fd`, user, open: () => true };
  const pauses = [...links.lookAtDescriptors(sight, user)].length;
  const found = users.of({ name: encode(basename(path)) }, lstatSync(path), false);
  return { found: found.length, failed: blind.failed, pauses };
}

test.each([
  ['root', []],
  ['a stranger', STRANGER],
])('a descriptor of %s is seen', async (_, wrap) => {
  expect(await lookAtHolder(wrap, undefined)).toEqual({ found: 1, failed: null, pauses: 0 });
});

test('more descriptors of a stranger than are looked at: not seen, which keeps', async () => {
  expect(await lookAtHolder(STRANGER, 2)).toEqual({
    found: 0,
    failed: { code: 'too-many', syscall: 'readlink' },
    pauses: 0,
  });
});

test("more descriptors than are looked at: root's are all seen", async () => {
  expect(await lookAtHolder([], 2)).toEqual({ found: 1, failed: null, pauses: 0 });
});
