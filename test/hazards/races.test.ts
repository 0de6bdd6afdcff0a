import { lstatSync, renameSync, symlinkSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { need } from '../support/abilities.ts';
import { start } from '../support/command.ts';
import { makeMany, stuck, swappingAll, unsafeSweep, until, visiting } from '../support/hazards.ts';
import { AA_POLICY, plantLeftover } from '../support/leftovers.ts';
import {
  holdsOut,
  joinedPathsFall,
  numbered,
  treeSwappedForDirectories,
  treeSwappedForLinks,
  unprotectedFalls,
} from '../support/race-trees.ts';
import { scratch } from '../support/scratch.ts';
import { sweep, whys } from '../support/sweep.ts';
import { exists, list, plant } from '../support/tree.ts';

beforeEach((context) => need(context, 'root', 'cc'));

/** Each ends as soon as it has seen what it waits for: on a busy machine the attacker seldom comes to run. */
vi.setConfig({ testTimeout: 120_000 });

test('a parent swapped for a link to another place: nothing outside the target goes, ever', async () => {
  const tree = treeSwappedForLinks(scratch());
  expect(await joinedPathsFall(tree)).toBe(true);
  const siege = await holdsOut(
    tree,
    ({ sweeps, changed, removed }) => sweeps >= 3 && changed >= 10 && removed > 0,
  );
  expect(siege.changed).toBeGreaterThan(0);
  expect(siege.removed).toBeGreaterThan(0);
});

test('a parent swapped for a link: with our own comparison of inodes switched off, something outside goes', async () => {
  const dir = scratch();
  expect(await unprotectedFalls(treeSwappedForLinks(dir), dir)).toBe(true);
});

test('a parent moved to another place: the way up does not lead outside the target', async () => {
  const dir = scratch();
  const tree = treeSwappedForDirectories(dir);
  expect(await unprotectedFalls(tree, dir)).toBe(true);
  const siege = await holdsOut(tree, ({ sweeps, removed }) => sweeps >= 3 && removed > 0);
  expect(siege.removed).toBeGreaterThan(0);
});

test('a parent swapped for a link while a reader makes us wait in it: what we stand in is swept, nothing else', async () => {
  const dir = scratch();
  plant(dir, [{ path: 'target/work' }, { path: 'outside' }]);
  await makeMany('leftovers', `${dir}/target/work`, 6000);
  await makeMany('leftovers', `${dir}/outside`, 6000);
  const running = start(['--json', '--no-in-use', `${dir}/target`], { stalled: true });
  await stuck(running, `${dir}/target/work`, 6000);
  renameSync(`${dir}/target/work`, `${dir}/moved`);
  symlinkSync(`${dir}/outside`, `${dir}/target/work`);
  running.read();
  expect((await running.ended).code).toBe(0);
  expect(list(`${dir}/moved`)).toEqual([]);
  expect(list(`${dir}/outside`)).toHaveLength(6000);
});

test('a candidate swapped for a symlink: the link stays, and what it leads to', async () => {
  const dir = scratch();
  const names = numbered(`${AA_POLICY}swap0`, 6);
  const links = names.map(
    (name) => ({ path: `links/${name}`, kind: 'symlink', to: `${dir}/victim` }) as const,
  );
  const set = () =>
    plant(dir, [
      ...names.map((name) => ({ path: `target/${name}`, age: '2h' })),
      { path: 'victim/precious', kind: 'file' },
      { path: 'victim', age: '2h' },
    ]);
  plant(dir, [...links]);
  const attack = () => swappingAll(`${dir}/target`, `${dir}/links`, names);
  const fallen = await until(40_000, async () => {
    set();
    const racer = await attack();
    await unsafeSweep('recursive', `${dir}/target`);
    await racer.stop();
    return !exists(dir, 'victim/precious');
  });
  expect(fallen).toBe(true);
  const seen = new Set<string>();
  await until(30_000, async () => {
    set();
    const racer = await attack();
    const { report, code } = await sweep(['--no-in-use', `${dir}/target`]);
    expect(await racer.stop()).toMatch(/^swaps [1-9]/);
    expect(list(`${dir}/victim`)).toEqual(['precious']);
    const isLink = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    expect(
      names.flatMap((name) => [`${dir}/target/${name}`, `${dir}/links/${name}`]).filter(isLink),
    ).toHaveLength(6);
    expect(code).toBe(0);
    for (const item of report.items) seen.add(item.outcome === 'kept' ? whys(item).join() : item.outcome);
    return seen.has('removed') && seen.has('not-a-directory');
  });
  expect(seen).toContain('removed');
  expect(seen).toContain('not-a-directory');
});

test('a candidate refilled between check and removal: kept not-empty, exit 0, and nothing in it is lost', async () => {
  const dir = scratch();
  const set = () => plant(dir, [{ path: 'home/file', kind: 'file' }, { path: 'target' }]);
  const lost = await until(40_000, async () => {
    set();
    const racer = await visiting(`${dir}/home`, 'file', plantLeftover(`${dir}/target`));
    await unsafeSweep('recursive', `${dir}/target`);
    return (await racer.stop()).startsWith('lost');
  });
  expect(lost).toBe(true);
  const seen = new Set<string>();
  await until(30_000, async () => {
    set();
    const racer = await visiting(`${dir}/home`, 'file', plantLeftover(`${dir}/target`));
    const { report, code } = await sweep([`${dir}/target`, '--no-in-use']);
    expect(await racer.stop()).toMatch(/^(visits|removed after) [1-9]/);
    expect(exists(dir, 'home/file')).toBe(true);
    expect(code).toBe(0);
    for (const item of report.items) seen.add(item.outcome === 'kept' ? whys(item).join() : item.outcome);
    return seen.has('removed') && seen.has('not-empty');
  });
  expect([...seen].filter((what) => !['removed', 'not-empty', 'too-young', 'future'].includes(what))).toEqual(
    [],
  );
  expect(seen).toContain('not-empty');
});
