import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { courseOf, listStart, type Start, watchedPlaces } from '../../../src/commands/run/course.ts';
import type { CriuSeen } from '../../../src/commands/run/criu-watch.ts';
import type { Before } from '../../../src/commands/run/list-before.ts';
import { NameSet } from '../../../src/commands/run/name-set.ts';
import type { Snapshot } from '../../../src/commands/run/snapshots.ts';
import { temporaryDirectory, type Watched } from '../../../src/commands/run/watched.ts';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';
import { scratch } from '../../support/scratch.ts';

const SPAN = { from: 1, to: 2 };
const UNSEEN: CriuSeen = { places: [], elsewhere: false };

const listed = (path: string, ino: number): Before => ({
  kind: 'listed',
  resolved: asBytes(path),
  identity: { dev: 1, ino },
  names: new NameSet(CATALOGUE),
  pinned: true,
});
const snapshot = (path: string, why: Watched['why'], before: Before): Snapshot => ({
  watched: { path: asBytes(path), kinds: CATALOGUE, why },
  before,
});
const TMP: Snapshot = { watched: temporaryDirectory(CATALOGUE), before: listed('/tmp', 9) };
const HERE = snapshot('.', 'current', listed('/here', 2));
const NAMED = snapshot('/w', 'named', listed('/w', 3));
const MISSING = snapshot('/m', 'named', { kind: 'missing', resolved: bytes`/m` });

function start(from: Start['plan']['from'], ...snapshots: readonly Snapshot[]): Start {
  const directories = snapshots.map(({ watched }) => watched);
  return { plan: { directories, globs: [], from }, kinds: CATALOGUE, snapshots: [...snapshots, TMP] };
}
const seen = (path: string, ino: number) => ({ path: asBytes(path), identity: { dev: 1, ino } });
async function swept(from: Start, criu: CriuSeen) {
  return (await courseOf(from, criu, SPAN)).swept.map(({ watched: { path, why } }) => `${why} ${path}`);
}

test('what was watched from the start is swept, /tmp last', async () => {
  expect(await swept(start('work-dir option', NAMED, MISSING), UNSEEN)).toEqual([
    'named /w',
    'named /m',
    'always /tmp',
  ]);
});

test('where nobody knew, the current directory is swept, if CRIU was not seen elsewhere', async () => {
  expect(await swept(start('nothing', HERE), UNSEEN)).toEqual(['current .', 'always /tmp']);
  expect(await swept(start('nothing', HERE), { ...UNSEEN, elsewhere: true })).toEqual([
    'current .',
    'always /tmp',
  ]);
  const elsewhere = { ...UNSEEN, places: [seen('/w', 3)] };
  expect(await swept(start('nothing', HERE), elsewhere)).toEqual(['seen /w', 'always /tmp']);
  expect(await swept(start('command line', HERE), elsewhere)).toEqual([
    'current .',
    'seen /w',
    'always /tmp',
  ]);
});

test('a directory that was listed is not swept again where CRIU is seen in it', async () => {
  const places = [seen('/w', 3), seen('/other/w', 3), seen('/v', 4), seen('/m', 5)];
  expect(await swept(start('work-dir option', NAMED, MISSING), { ...UNSEEN, places })).toEqual([
    ...['named /w', 'named /m', 'seen /v', 'seen /m', 'always /tmp'],
  ]);
});

test('a place that was only seen is known by its path and identity, and was not listed before', async () => {
  const course = await courseOf(start('nothing', HERE), { ...UNSEEN, places: [seen('/v', 4)] }, SPAN);
  expect(course.span).toBe(SPAN);
  expect(course.snapshots).toEqual([HERE, TMP]);
  expect(course.swept[0]).toEqual({
    watched: { path: '/v', kinds: CATALOGUE, why: 'seen' },
    before: { kind: 'unlisted', resolved: '/v', identity: { dev: 1, ino: 4 } },
  });
});

test('an engine’s directories are those of before, and those that its globs name only when it has ended', async () => {
  const dir = scratch();
  const work = (id: string) => asBytes(`${dir}/${id}/work`);
  mkdirSync(work('one'), { recursive: true });
  const plan = {
    directories: [{ ...NAMED.watched, path: asBytes(`${dir}/none`) }],
    globs: [`${dir}/*/work`],
    from: 'command line',
  } as const;
  const from = await listStart(plan, CATALOGUE, nameMatcher(CATALOGUE), () => false);
  const whys = from.snapshots.map(({ watched: { path, why } }) => `${why} ${path}`);
  expect(whys).toEqual([`named ${dir}/none`, `engine ${work('one')}`, 'always /tmp']);
  expect([from.plan, from.kinds]).toEqual([plan, CATALOGUE]);
  mkdirSync(work('two'), { recursive: true });
  const { swept: now } = await courseOf(from, UNSEEN, SPAN);
  expect(now.map(({ watched: { path, why } }) => `${why} ${path}`)).toEqual([
    ...[`named ${dir}/none`, `engine ${work('one')}`, `engine ${work('two')}`, 'always /tmp'],
  ]);
  expect(now.map(({ before }) => before.kind)).toEqual(['missing', 'listed', 'unlisted', 'listed']);
});

test('a report names the places, of an engine its globs', async () => {
  const from = start('command line', HERE, snapshot('/e/1', 'engine', listed('/e/1', 6)));
  const course = await courseOf(from, UNSEEN, SPAN);
  const plan = { ...from.plan, globs: ['/e/*'] };
  expect(watchedPlaces({ ...from, plan }, course)).toEqual([
    { path: '.', why: 'current' },
    { path: '/tmp', why: 'always' },
    { path: '/e/*', why: 'engine' },
  ]);
});
