import { beforeEach, expect, test } from 'vitest';
import { can, need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { type Fixture, readTree } from '../support/fixture.ts';
import { CATALOGUE } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { list, plant, snapshot } from '../support/tree.ts';
import { asUser } from '../support/wrap.ts';

const TREES = ['contract', 'real', 'hostile'];

/** What the fixture says of each item, in the words of `outcomes`; `removed` may be another word, for a dry run. */
function expected({ entries }: Fixture, removed = 'removed'): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap(({ path, expect: what }) => {
      if (what === undefined) return [];
      return [[path, what === 'removed' ? removed : `kept: ${[...what].sort().join(', ')}`]];
    }),
  );
}

const removedBy = ({ entries }: Fixture): Set<string> =>
  new Set(entries.filter((entry) => entry.expect === 'removed').map((entry) => entry.path));

beforeEach((context) => need(context, 'root', 'host pid namespace'));

test.each(TREES)('of the tree "%s" exactly the right directories go', async (name) => {
  const tree = readTree(name);
  const dir = scratch();
  plant(dir, tree.entries);
  const before = list(dir);
  const { report, code, err } = await sweep(['--no-in-use', dir]);
  expect(outcomes(report, dir)).toEqual(expected(tree));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(list(dir)).toEqual(before.filter((path) => !removedBy(tree).has(path)));
});

test.each(TREES)('a dry run of the tree "%s" says the same and changes nothing', async (name) => {
  const tree = readTree(name);
  const dir = scratch();
  plant(dir, tree.entries);
  const before = snapshot(dir);
  const { report, code } = await sweep(['--dry-run', '--no-in-use', dir]);
  expect(outcomes(report, dir)).toEqual(expected(tree, 'would-remove'));
  expect(code).toBe(0);
  expect(snapshot(dir)).toEqual(before);
});

test('where the mounts of every process can be seen, every kind goes; else the kinds that CRIU mounts things on are kept, the others go', async () => {
  const tree = readTree('contract');
  const dir = scratch();
  plant(dir, tree.entries);
  const mountable = CATALOGUE.filter((kind) => kind.mountable).map((kind) => kind.prefix);
  const { report } = await sweep([dir]);
  const blind = report.items.some(({ reasons }) => reasons.some(({ why }) => why === 'unknown'));
  if (can('sight of every process') && can('host pid namespace')) expect(blind).toBe(false);
  const right = Object.entries(expected(tree)).map(([path, what]) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const unseen = blind && what === 'removed' && mountable.some((prefix) => name.startsWith(prefix));
    return [path, unseen ? 'kept: unknown' : what];
  });
  expect(outcomes(report, dir)).toEqual(Object.fromEntries(right));
  expect(report.inUse.checked).toBe(true);
  if (blind) expect(report.inUse.foreignPidNamespace || report.inUse.unreadableProcesses > 0).toBe(true);
});

test('what is kept is neither entered nor changed in any way', async () => {
  const tree = readTree('contract');
  const kept = { ...tree, entries: tree.entries.filter((entry) => entry.expect !== 'removed') };
  const dir = scratch();
  plant(dir, kept.entries);
  const before = snapshot(dir);
  expect((await run([dir])).code).toBe(0);
  expect(snapshot(dir)).toEqual(before);
});

test('each reason says what was found', async () => {
  const tree = readTree('contract');
  const dir = scratch();
  plant(dir, tree.entries);
  const { report } = await sweep([dir]);
  const reasons = (path: string) => report.items.find((item) => item.path === `${dir}/${path}`)?.reasons;
  expect(reasons('owner/.criu.temp-aa-policy.user10')).toEqual([{ why: 'owner', uid: 1000 }]);
  expect(reasons('mode/.criu.temp-aa-policy.m2700x')).toEqual([{ why: 'mode', mode: '2700' }]);
  expect(reasons('mode/.criu.temp-aa-policy.m0000x')).toEqual([{ why: 'mode', mode: '0000' }]);
  expect(reasons('age/.criu.temp-aa-policy.fu2100')).toEqual([
    { why: 'future', mtime: '2100-01-01T00:00:00.000Z' },
  ]);
  expect(reasons('empty/.criu.temp-aa-policy.file00')).toEqual([{ why: 'not-empty' }]);
  expect(reasons('kind/.criu.temp-aa-policy.afile0')).toEqual([{ why: 'not-a-directory' }]);
  const [young] = reasons('age/.criu.temp-aa-policy.min030') ?? [];
  expect(young).toMatchObject({ why: 'too-young' });
  expect(young?.ageMs).toBeGreaterThanOrEqual(1_800_000);
  expect(young?.ageMs).toBeLessThan(1_900_000);
});

test('a user who is not root removes its own leftovers, not those of root', async (context) => {
  need(context, 'setpriv');
  const dir = scratch();
  plant(dir, [
    { path: 'work', mode: '0777' },
    { path: 'work/.criu.temp-aa-policy.mine00', uid: 65534, age: '2h' },
    { path: 'work/.criu.temp-aa-policy.roots0', uid: 0, age: '2h' },
  ]);
  const { report, code } = await sweep([dir], { wrap: asUser(65534) });
  expect(outcomes(report, `${dir}/work`)).toEqual({
    '.criu.temp-aa-policy.mine00': 'removed',
    '.criu.temp-aa-policy.roots0': 'kept: owner',
  });
  expect({ code, uid: report.uid, owner: report.policy.owner }).toEqual({
    code: 0,
    uid: 65534,
    owner: 65534,
  });
});
