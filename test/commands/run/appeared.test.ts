import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findAppeared } from '../../../src/commands/run/appeared.ts';
import { listBefore } from '../../../src/commands/run/list-before.ts';
import { knownFrom, type Snapshot, takeSnapshots } from '../../../src/commands/run/snapshots.ts';
import type { Watched } from '../../../src/commands/run/watched.ts';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { asBytes, toText } from '../../../src/linux/bytes.ts';
import type { Identity } from '../../../src/model/model.ts';
import { nameMatcher } from '../../../src/sweep/names.ts';
import { AA_POLICY } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';

const MATCH = nameMatcher(CATALOGUE);
const SCOPE = { kinds: CATALOGUE, match: MATCH, stopped: () => false };
const EVER = { from: 0, to: Number.POSITIVE_INFINITY };
const NEVER = { from: 0, to: 1 };
const OLD = `${AA_POLICY}before`;
const NEW = `${AA_POLICY}000new`;

let dir = '';
beforeEach(() => {
  dir = scratch();
  const cwd = process.cwd();
  onTestFinished(() => process.chdir(cwd));
  mkdirSync(`${dir}/w/${OLD}`, { recursive: true });
});

const watch = (path: string, why: Watched['why'] = 'named'): Watched => ({
  path: asBytes(path),
  kinds: CATALOGUE,
  why,
});
const before = (...watched: readonly Watched[]) => takeSnapshots(watched, CATALOGUE, MATCH, () => false);

/** What appeared in the directories: the targets, and the names that are swept in each. */
async function appeared(snapshots: readonly Snapshot[], span = EVER, swept = snapshots) {
  const found = await findAppeared({ snapshots, swept, span }, MATCH, (path) => path);
  const { passesOver, count, errors } = found;
  const names = found.targets.flatMap((target) => {
    if (target.kind !== 'tree') return [];
    process.chdir(toText(target.resolved));
    return [OLD, NEW, 'other'].filter((name) => !passesOver(target.identity, asBytes(name)));
  });
  const targets = found.targets.map(({ kind, path }) => `${kind} ${path.slice(dir.length)}`);
  return { targets, swept: names, count, errors };
}

test('only what was not there before is swept', async () => {
  const snapshots = await before(watch(`${dir}/w`));
  expect((await appeared(snapshots)).swept).toEqual([]);
  mkdirSync(`${dir}/w/${NEW}`);
  mkdirSync(`${dir}/w/other`);
  expect(await appeared(snapshots)).toEqual({ targets: ['tree /w'], swept: [NEW], count: 1, errors: [] });
});

test('a directory that is watched by two paths is swept once', async () => {
  symlinkSync('w', `${dir}/link`);
  const snapshots = await before(watch(`${dir}/w`), watch(`${dir}/link`));
  mkdirSync(`${dir}/w/${NEW}`);
  expect(await appeared(snapshots)).toMatchObject({ targets: ['tree /w'], swept: [NEW], count: 1 });
});

test('a named directory that never was is an error, one that has gone is none', async () => {
  mkdirSync(`${dir}/gone`);
  const snapshots = await before(watch(`${dir}/never`), watch(`${dir}/gone`), watch(`${dir}/no`, 'command'));
  rmSync(`${dir}/gone`, { recursive: true });
  const { targets } = await findAppeared({ snapshots, swept: snapshots, span: EVER }, MATCH, (path) => path);
  const none = { kind: 'none', status: 'missing' };
  expect(targets).toEqual([
    { ...none, path: `${dir}/never`, error: { path: `${dir}/never`, code: 'ENOENT', syscall: 'realpath' } },
    { ...none, path: `${dir}/gone`, error: null },
    { ...none, path: `${dir}/no`, error: null },
  ]);
});

test('what is made meanwhile in a directory that is made meanwhile is swept', async () => {
  const snapshots = await before(watch(`${dir}/later/w`));
  mkdirSync(`${dir}/later/w/${NEW}`, { recursive: true });
  expect(await appeared(snapshots)).toMatchObject({ targets: ['tree /later/w'], swept: [NEW], count: 1 });
  expect((await appeared(snapshots, NEVER)).swept).toEqual([]);
});

test('another directory in the place of one is changed, if it was not made meanwhile', async () => {
  mkdirSync(`${dir}/other/${NEW}`, { recursive: true });
  const snapshots = await before(watch(`${dir}/w`));
  renameSync(`${dir}/w`, `${dir}/was`);
  renameSync(`${dir}/other`, `${dir}/w`);
  expect(await appeared(snapshots, NEVER)).toMatchObject({ targets: ['none /w'], swept: [] });
  expect(await appeared(snapshots, EVER)).toMatchObject({ targets: ['tree /w'], swept: [NEW] });
});

test('a link in the place of a directory is not followed', async () => {
  mkdirSync(`${dir}/other/${NEW}`, { recursive: true });
  const snapshots = await before(watch(`${dir}/w`));
  renameSync(`${dir}/w`, `${dir}/was`);
  symlinkSync('other', `${dir}/w`);
  expect(await appeared(snapshots)).toMatchObject({ targets: ['none /w'], swept: [] });
});

test('of a directory that was found meanwhile only what was made meanwhile is swept', async () => {
  const found = (identity: Identity | null): Snapshot => ({
    watched: watch(`${dir}/w`, 'seen'),
    before: { kind: 'unlisted', resolved: asBytes(`${dir}/w`), identity },
  });
  const there = statSync(`${dir}/w`);
  expect((await appeared([], EVER, [found(there)])).swept).toEqual([OLD]);
  expect(await appeared([], NEVER, [found(there)])).toMatchObject({
    targets: ['tree /w'],
    swept: [],
    count: 0,
  });
  expect((await appeared([], NEVER, [found({ dev: 1, ino: 1 })])).targets).toEqual(['none /w']);
  expect((await appeared([], EVER, [found(null)])).targets).toEqual(['tree /w']);
});

test('of an engine’s directories only those are targets in which something appeared', async () => {
  mkdirSync(`${dir}/v`);
  const snapshots = await before(watch(`${dir}/w`, 'engine'), watch(`${dir}/v`, 'engine'));
  mkdirSync(`${dir}/v/${NEW}`);
  expect(await appeared(snapshots)).toMatchObject({ targets: ['tree /v'], swept: [NEW] });
});

test('an engine’s directory that is missing, or reached by a link, is left out from the start', async () => {
  symlinkSync('w', `${dir}/link`);
  const engine = [`${dir}/link`, `${dir}/never`, `${dir}/w`].map((path) => watch(path, 'engine'));
  expect((await before(...engine)).map(({ watched }) => watched.path)).toEqual([`${dir}/w`]);
  expect(await before(watch(`${dir}/link`), watch(`${dir}/never`))).toHaveLength(2);
});

test('nothing is swept in a kernel file system, nor where it could not be listed', async () => {
  writeFileSync(`${dir}/file`, '');
  const snapshots = await before(watch('/proc/self'), watch(`${dir}/file`), watch(`${dir}/file/w`));
  expect(snapshots.map((each) => each.before.kind)).toEqual(['kernels', 'failed', 'failed']);
  expect((await appeared(snapshots)).targets).toEqual(['none /file', 'none /file/w']);
});

test('a directory is known where its links lead, and where what is missing of it would be', async () => {
  symlinkSync('w', `${dir}/link`);
  const kinds = async (path: string) => listBefore(asBytes(path), SCOPE);
  expect(await kinds(`${dir}/link`)).toMatchObject({ kind: 'listed', resolved: `${dir}/w`, pinned: true });
  expect(await kinds(`${dir}/link/a/../b`)).toEqual({ kind: 'missing', resolved: `${dir}/w/b` });
  expect(await kinds('/')).toMatchObject({ kind: 'listed', resolved: '/' });
  process.chdir(`${dir}/w`);
  expect(await kinds('.')).toMatchObject({ kind: 'listed', resolved: `${dir}/w` });
  expect(await kinds('../w')).toMatchObject({ kind: 'listed', resolved: `${dir}/w` });
  expect(await kinds('a/b')).toEqual({ kind: 'missing', resolved: `${dir}/w/a/b` });
  rmSync(`${dir}/w`, { recursive: true });
  expect(await kinds('a')).toEqual({ kind: 'missing', resolved: null });
});

test('a name is known from before in whichever of the directories it was', async () => {
  const snapshots = await before(watch(`${dir}/w`), watch(`${dir}/never`));
  const [one, other] = snapshots;
  if (one === undefined || other === undefined) throw new Error('no snapshots');
  const kind = MATCH(asBytes(OLD));
  if (kind === undefined) throw new Error('no kind');
  const known = knownFrom(snapshots, EVER);
  const there = statSync(`${dir}/w`);
  const elsewhere = { dev: 1, ino: 1 };
  const had = (now: Snapshot, name: string, at: Identity = there) =>
    known(now).hadBefore(asBytes(name), kind, at);
  expect([had(one, OLD), had(one, OLD, elsewhere), had(other, OLD)]).toEqual([true, true, true]);
  expect([had(other, OLD, elsewhere), had(one, NEW)]).toEqual([false, false]);
  expect([known(other).isListed(there), known(one).isListed(elsewhere)]).toEqual([true, false]);
});
