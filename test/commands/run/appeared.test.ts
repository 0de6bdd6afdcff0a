import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findAppeared } from '../../../src/commands/run/appeared.ts';
import { nameIsMadeIn } from '../../../src/commands/run/list-after.ts';
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
  expect(await appeared(snapshots, NEVER)).toMatchObject({ targets: ['tree /later/w'], swept: [] });
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
  process.chdir(dir);
  rmSync(`${dir}/v`, { recursive: true });
  expect((await appeared(snapshots)).targets).toEqual([]);
});

test('an engine’s directory that is missing, or reached by a link, is left out from the start', async () => {
  symlinkSync('w', `${dir}/link`);
  const engine = [`${dir}/link`, `${dir}/never`, `${dir}/w`].map((path) => watch(path, 'engine'));
  expect((await before(...engine)).map(({ watched }) => watched.path)).toEqual([`${dir}/w`]);
  expect(await before(watch(`${dir}/link`), watch(`${dir}/never`))).toHaveLength(2);
  expect(await before(watch('/proc/self', 'engine'))).toHaveLength(1);
});

test('nothing is swept in a kernel file system, nor where it could not be listed', async () => {
  writeFileSync(`${dir}/file`, '');
  const snapshots = await before(watch('/proc/self'), watch(`${dir}/file`), watch(`${dir}/file/w`));
  expect(snapshots.map((each) => each.before.kind)).toEqual(['kernels', 'failed', 'failed']);
  expect((await appeared(snapshots)).targets).toEqual(['none /file', 'none /file/w']);
});

/** The only target's status and error. */
async function failure(snapshot: Snapshot | undefined) {
  const swept = snapshot === undefined ? [] : [snapshot];
  const { targets } = await findAppeared({ snapshots: swept, swept, span: NEVER }, MATCH, (path) => path);
  return targets.map((target) =>
    target.kind === 'none' ? `${target.status} ${target.error?.code} ${target.error?.syscall}` : target.kind,
  );
}

test('what prevents a sweep is told with its errno', async () => {
  writeFileSync(`${dir}/file`, '');
  symlinkSync('w', `${dir}/link`);
  mkdirSync(`${dir}/v`);
  const [file, , v] = await before(watch(`${dir}/file`), watch(`${dir}/w`), watch(`${dir}/v`));
  expect(await failure(file)).toEqual(['not-a-directory ENOTDIR open']);
  renameSync(`${dir}/v`, `${dir}/was`);
  mkdirSync(`${dir}/v`);
  expect(await failure(v)).toEqual(['unreadable changed chdir']);
  const seen = (path: string): Snapshot => ({
    watched: watch(path, 'seen'),
    before: { kind: 'unlisted', resolved: asBytes(path), identity: null },
  });
  expect(await failure(seen(`${dir}/link`))).toEqual(['unreadable changed chdir']);
  expect(await failure(seen(`${dir}/${'n'.repeat(256)}`))).toEqual(['unreadable ENAMETOOLONG lstat']);
  const nowhere: Snapshot = { watched: watch('a'), before: { kind: 'missing', resolved: null } };
  expect(await failure(nowhere)).toEqual(['missing ENOENT realpath']);
});

test('a name is looked at once more when it is its turn, where it is told by when it was made', async () => {
  mkdirSync(`${dir}/old`);
  await sleep(50);
  const span = { from: Date.now() - 20, to: Number.POSITIVE_INFINITY };
  mkdirSync(`${dir}/w/${NEW}`);
  const found: Snapshot = {
    watched: watch(`${dir}/w`, 'seen'),
    before: { kind: 'unlisted', resolved: asBytes(`${dir}/w`), identity: null },
  };
  const { passesOver } = await findAppeared({ snapshots: [], swept: [found], span }, MATCH, (path) => path);
  process.chdir(`${dir}/w`);
  const there = statSync('.');
  expect(passesOver(there, asBytes(NEW))).toBe(false);
  expect(passesOver({ dev: 1, ino: 1 }, asBytes(NEW))).toBe(true);
  rmSync(NEW, { recursive: true });
  expect(passesOver(there, asBytes(NEW))).toBe(true);
  const keepsBirth = statSync(`${dir}/old`).birthtimeMs < span.from;
  renameSync(`${dir}/old`, NEW);
  expect(passesOver(there, asBytes(NEW))).toBe(keepsBirth);
});

test('it was made in a time whose ends count', () => {
  process.chdir(`${dir}/w`);
  const { birthtimeMs, ctimeMs } = statSync(OLD);
  const made = birthtimeMs === 0 ? ctimeMs : birthtimeMs;
  const isMadeIn = (from: number, to: number) => nameIsMadeIn(asBytes(OLD), { from, to });
  expect([isMadeIn(made, made), isMadeIn(made + 1, made + 2), isMadeIn(made - 2, made - 1)]).toEqual([
    ...[true, false, false],
  ]);
  expect(nameIsMadeIn(asBytes('missing'), EVER)).toBe(false);
});

test('a directory is known where its links lead, and where what is missing of it would be', async () => {
  symlinkSync('w', `${dir}/link`);
  const kinds = async (path: string) => listBefore(asBytes(path), SCOPE);
  expect(await kinds(`${dir}/link`)).toMatchObject({ kind: 'listed', resolved: `${dir}/w`, pinned: true });
  expect(await kinds(`${dir}/link/a/../b`)).toEqual({ kind: 'missing', resolved: `${dir}/w/b` });
  mkdirSync(`${dir}/ü`);
  const name = `${dir}/\u00c3\u00bc`;
  expect(await kinds(`${name}//`)).toMatchObject({ kind: 'listed', resolved: name });
  const others = { ...SCOPE, kinds: CATALOGUE.slice(1) };
  expect(await listBefore(asBytes(`${dir}/w`), others)).toMatchObject({ names: { size: 0 } });
  expect(await kinds(`${dir}/w`)).toMatchObject({ names: { size: 1 } });
  expect(await kinds('/')).toMatchObject({ kind: 'listed', resolved: '/' });
  process.chdir(`${dir}/w`);
  expect(await kinds('.')).toMatchObject({ kind: 'listed', resolved: `${dir}/w` });
  expect(await kinds('../w')).toMatchObject({ kind: 'listed', resolved: `${dir}/w` });
  expect(await kinds('a/b')).toEqual({ kind: 'missing', resolved: `${dir}/w/a/b` });
  rmSync(`${dir}/w`, { recursive: true });
  expect(await kinds('a')).toEqual({ kind: 'missing', resolved: null });
});

test('nothing is left open', async () => {
  const open = readdirSync('/proc/self/fd').length;
  for (let n = 0; n < 5; n += 1) await before(watch(`${dir}/w`), watch(`${dir}/never`));
  expect(readdirSync('/proc/self/fd').length).toBe(open);
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
