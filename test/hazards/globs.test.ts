import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { program, run, start } from '../support/command.ts';
import { makeMany, measuringMemory, stuck, swappingAll, until } from '../support/hazards.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { numbered } from '../support/race-trees.ts';
import { plantDeep } from '../support/races.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, list, plant } from '../support/tree.ts';
import { asUser, inMountNamespace, straced } from '../support/wrap.ts';

const NAME = leftoverName();
const old = (...paths: string[]) => paths.map((path) => ({ path, age: '2h' }));

beforeEach((context) => need(context, 'root', 'cc'));

test('matches that are exchanged with links after they matched: what those lead to is not swept, and it is said', async () => {
  const dir = scratch();
  plant(dir, [
    { path: 'first' },
    ...old(`one/a/tmp/${NAME}`, `two/b/${NAME}`, `outside/${NAME}`, `outside/tmp/${NAME}`),
  ]);
  await makeMany('leftovers', `${dir}/first`, 6000);
  const args = ['--json', `${dir}/first`, `${dir}/one/*/tmp`, `${dir}/two/**`];
  const running = start(args, { stalled: true });
  await stuck(running, `${dir}/first`, 6000);
  for (const match of ['one/a', 'two/b']) {
    renameSync(`${dir}/${match}`, `${dir}/${match}.moved`);
    symlinkSync(`${dir}/outside`, `${dir}/${match}`);
  }
  running.read();
  const ended = await running.ended;
  const report = reportOf(ended.stdout);
  expect(report.errors.map(({ path, code }) => [path, code])).toEqual([
    [`${dir}/one/a/tmp`, 'changed'],
    [`${dir}/two/b`, 'changed'],
  ]);
  expect(report.summary.removed).toBe(6000);
  expect(ended.code).toBe(3);
  expect(list(`${dir}/outside`)).toEqual([NAME, 'tmp', `tmp/${NAME}`].sort());
});

/** Directories whose only way lies through names that an attacker exchanges with links that lead outside. */
test('matches that are exchanged with links while they are looked for: nothing outside goes, ever', async () => {
  const dir = scratch();
  const names = numbered('d', 40);
  mkdirSync(`${dir}/links`);
  for (const name of names) symlinkSync(`${dir}/outside`, `${dir}/links/${name}`);
  const outside = numbered('work', 5).map((work) => `outside/${work}/${NAME}`);
  plant(dir, old(...outside));
  let sweeps = 0;
  let removed = 0;
  await until(8000, async () => {
    const inside = names.flatMap((name) =>
      numbered('work', 5).map((work) => `target/${name}/${work}/${NAME}`),
    );
    plant(dir, old(...inside));
    const racer = await swappingAll(`${dir}/target`, `${dir}/links`, names);
    const { report } = await sweep([`${dir}/target/*/work*`, `${dir}/target/{d1*/work?,d*/**}`]);
    expect(await racer.stop()).toMatch(/^swaps [1-9]/);
    sweeps += 1;
    removed += report.summary.removed;
    for (const path of outside) expect(exists(dir, path)).toBe(true);
    expect(report.errors.filter(({ code }) => code !== 'changed')).toEqual([]);
    return sweeps >= 8;
  });
  expect(removed).toBeGreaterThan(0);
});

test('the base of a glob may be reached through links, which are resolved once', async () => {
  const dir = scratch();
  plant(dir, [
    ...old(`real/deep/c1/${NAME}`),
    { path: 'link', kind: 'symlink', to: 'real' },
    { path: 'real/deep/c2', kind: 'symlink', to: 'c1' },
  ]);
  const { report, code } = await sweep(['-n', `${dir}/link//./deep/c*`]);
  expect(report.targets).toMatchObject([{ resolved: `${dir}/real/deep/c1`, status: 'swept' }]);
  expect(outcomes(report, `${dir}/real/deep`)).toEqual({ [`c1/${NAME}`]: 'would-remove' });
  const up = await sweep(['-n', '../link/deep/../deep/{c1,c2}', 'deep/c?'], { cwd: `${dir}/real` });
  expect(up.report.targets.map(({ resolved, directories }) => [resolved, directories])).toEqual([
    [`${dir}/real/deep/c1`, 1],
    [`${dir}/real/deep/c1`, 0],
  ]);
  expect([code, up.code]).toEqual([0, 0]);
});

test('125,000 matches: all are swept, and memory does not grow with them as it did', async () => {
  const dir = scratch(MEMORY);
  mkdirSync(`${dir}/work`);
  await makeMany('directories', `${dir}/work`, 125_000, 'c');
  const names = readdirSync(`${dir}/work`).sort();
  const leftovers = [plantLeftover(`${dir}/work/${names[0]}`), plantLeftover(`${dir}/work/${names.at(-1)}`)];
  const { wrap, peakMiB } = measuringMemory(dir);
  const { report, code } = await sweep([`${dir}/work/*`], { wrap });
  expect(report.items.map(({ path, outcome }) => [path, outcome]).sort()).toEqual(
    leftovers.map((path) => [path, 'removed']),
  );
  expect([code, report.targets.length]).toEqual([0, 125_000]);
  expect(peakMiB()).toBeLessThan(220);
});

test.each([
  'SIGTERM',
  'timeout',
] as const)('%s is heard while a glob is expanded: nothing is removed after it, the report is whole', async (stop) => {
  const dir = scratch(MEMORY);
  plant(dir, [{ path: 'work' }]);
  await makeMany('directories', `${dir}/work`, 100_000, 'c');
  const leftover = plantLeftover(dir);
  const args = ['--json', `${dir}/work/*/nothing/*`, dir];
  const running = start(stop === 'timeout' ? ['--max-runtime', '150ms', ...args] : args, {
    wrap: straced(`${dir}/trace`, 'chdir'),
  });
  if (stop === 'SIGTERM') {
    await sleep(900);
    process.kill(running.pid, 'SIGTERM');
  }
  const ended = await running.ended;
  const report = reportOf(ended.stdout);
  expect(report).toMatchObject({ interrupted: stop, items: [] });
  expect(report.targets.map(({ status }) => status)).toEqual(['interrupted', 'interrupted']);
  expect(exists(leftover, '')).toBe(true);
});

test('10,050 directories that a glob may not enter: no more than 10,001 errors are kept', async () => {
  const dir = scratch();
  plant(dir, [{ path: 't' }]);
  await makeMany('directories', `${dir}/t`, 10_050, 'd');
  await program(['chmod', '-R', '0', `${dir}/t`]);
  await program(['chmod', '0755', `${dir}/t`]);
  const { report, code, err } = await sweep([`${dir}/t/*/x`], { wrap: asUser(65534) });
  expect({ code, errors: report.errors.length }).toEqual({ code: 3, errors: 10_000 });
  const [, more] = /^criu-sweep: (\d+) more errors$/m.exec(err) ?? [];
  expect(Number(more) + err.split('\n').length - 2).toBe(10_001);
});

test('a glob that ends in many backslashes: matching ends, and it is what those stand for', async () => {
  const dir = scratch();
  plant(dir, [...old(`t/a\\\\/${NAME}`, `t/a\\/${NAME}`), { path: 'other' }]);
  const glob = `${dir}/t/@(a)\\\\\\\\`;
  const { report } = await sweep(['-n', '--no-in-use', glob], { timeoutMs: 10_000 });
  expect(report.items.map(({ path }) => path)).toEqual([`${dir}/t/a\\\\/${NAME}`]);
  const excluded = await sweep(['-n', '--no-in-use', '--exclude', 'b@(a)\\\\\\\\', `${dir}/t`], {
    timeoutMs: 10_000,
  });
  expect(excluded.report.items.length).toBe(2);
});

test.each([
  'a/\\..',
  'a/.\\.',
  '{none,a}/\\.\\.',
  'a/\\.',
])('%s, which names no directory below, is refused before anything is touched', async (glob) => {
  const dir = scratch();
  plant(dir, [{ path: 't/a' }, { path: 't/bind' }, ...old(`elsewhere/${NAME}`, `t/${NAME}`)]);
  const wrap = inMountNamespace(`mount --bind ${dir}/elsewhere ${dir}/t/bind`);
  const { code, err } = await run(['--no-in-use', `${dir}/t/${glob}`], { wrap });
  expect(list(`${dir}/elsewhere`)).toEqual([NAME]);
  expect(list(`${dir}/t`)).toContain(NAME);
  expect(code).toBe(2);
  expect(err).toContain('is no name that a glob matches');
});

test('a glob does not enter what a scan does not enter: a candidate, another file system, a bind mount', async (context) => {
  need(context, 'namespaces');
  const dir = scratch();
  const candidate = leftoverName();
  plant(dir, [
    ...old(`t/${candidate}/in/${NAME}`, `t/plain/deep/${NAME}`, `elsewhere/in/${NAME}`),
    { path: 't/bind' },
    { path: 't/tmpfs' },
    { path: 't/proc' },
  ]);
  const wrap = inMountNamespace(
    `mount --bind ${dir}/elsewhere ${dir}/t/bind; mount -t proc none ${dir}/t/proc; mount -t tmpfs none ${dir}/t/tmpfs;
     mkdir -p ${dir}/t/tmpfs/in/${NAME}; chmod 0700 ${dir}/t/tmpfs/in/${NAME}; touch -d '2 hours ago' ${dir}/t/tmpfs/in/${NAME}`,
  );
  const globs = ['t/**', 't/*', 't/*/**', '{t,none}/*/in', '**/in', `t/${'?'.repeat(candidate.length)}/*`];
  const { report, code } = await sweep(['-n', '--no-in-use', ...globs.map((glob) => `${dir}/${glob}`)], {
    wrap,
  });
  const allowed = [`t/plain/deep/${NAME}`, `t/${candidate}`, `elsewhere/in/${NAME}`];
  expect(Object.keys(outcomes(report, dir)).sort()).toEqual(allowed.sort());
  expect(code).toBe(0);
  const crossing = await sweep(['-n', '--no-in-use', '--cross-device', `${dir}/t/*/in`], { wrap });
  expect(Object.keys(outcomes(crossing.report, dir)).sort()).toEqual([
    `t/bind/in/${NAME}`,
    `t/tmpfs/in/${NAME}`,
  ]);
  const all = await sweep(['-n', '--no-in-use', '--cross-device', `${dir}/t/**`], { wrap });
  expect(all.report.targets.filter(({ path }) => path.startsWith(`${dir}/t/proc`))).toEqual([]);
  expect(all.report.items.find(({ path }) => path === `${dir}/t/${candidate}`)?.outcome).toBe('kept');
});

test('directories that a glob cannot read are each said, and the others are swept', async (context) => {
  need(context, 'setpriv');
  const dir = scratch();
  plant(dir, [
    ...['c1', 'c3', 'c5'].map((path) => ({ path, mode: '0700' })),
    ...['c2', 'c4'].flatMap((path) => [
      { path, mode: '0755' },
      { path: `${path}/w1`, mode: '0777' },
      { path: `${path}/w1/${NAME}`, uid: 65534, age: '2h' },
    ]),
  ]);
  const { report, code, err } = await sweep([`${dir}/c*/w*`], { wrap: asUser(65534) });
  expect(report.errors.map(({ path, code: errno }) => [path, errno])).toEqual(
    ['c1', 'c3', 'c5'].map((name) => [`${dir}/${name}`, 'EACCES']),
  );
  for (const name of ['c1', 'c3', 'c5']) expect(err).toContain(`${dir}/${name}: EACCES`);
  expect(outcomes(report, dir)).toEqual({ [`c2/w1/${NAME}`]: 'removed', [`c4/w1/${NAME}`]: 'removed' });
  expect(code).toBe(3);
});

test('names with a newline, CR, U+2028 and bytes that are not UTF-8 match below ** as others do', async () => {
  const dir = scratch();
  const odd = ['a\nb', 'a\rb', 'a\u00e2\u0080\u00a8b', 'a\u00e2\u0080\u00a9b', 'a\xffb', 'a\x01b'];
  plant(dir, old(...odd.flatMap((name) => [`${name}/work/${NAME}`, `x/${name}/y/work/${NAME}`])));
  const { report, code } = await sweep([`${dir}/**/work`]);
  expect(Object.values(outcomes(report, dir))).toEqual(Array(12).fill('removed'));
  expect(code).toBe(0);
  expect(list(dir).filter((path) => path.endsWith(NAME))).toEqual([]);
});

test('a tree 3,000 levels deep below ** is swept', async () => {
  const dir = scratch();
  await plantDeep(dir, 3000, 'deep', 500, NAME);
  const { report, code } = await sweep([`${dir}/**`, `${dir}/**/nothing/x*`]);
  expect([code, report.summary.removed]).toEqual([0, 6]);
});

test.each([
  '@(a/b|c)',
  'a/(b/c|d)*',
  '{a,!(b/c)}',
  'a[b/c]*',
])('%s, of which only a part would be matched, is refused before anything is touched', async (glob) => {
  const dir = scratch();
  plant(dir, old(`c/${NAME}`));
  const { code, err, out } = await run([`${dir}/c`, `${dir}/${glob}`]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`${glob}: has a slash within parentheses or brackets: write braces`);
  expect(list(`${dir}/c`)).toEqual([NAME]);
});

test('`..` behind a wildcard, and braces that are too many, are refused before anything is touched', async () => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  for (const glob of [`${dir}/*/../x`, `${dir}/{1..5000}`, `${dir}/{({a,b})a`]) {
    const ended = await start([dir, glob]).ended;
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toMatch(/^criu-sweep: [^\n]+\n$/);
  }
  expect(exists(leftover, '')).toBe(true);
});
