import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, list, plant } from '../support/tree.ts';
import { asUser } from '../support/wrap.ts';

const OLD = { age: '2h' } as const;
const NAME = leftoverName();

test('a missing target and a file are said, the others are swept, exit 3', async () => {
  const dir = scratch();
  plant(dir, [
    { path: `a/${NAME}`, ...OLD },
    { path: `b/${NAME}`, ...OLD },
    { path: 'file', kind: 'file' },
  ]);
  const targets = ['a', 'missing', 'file', 'b'].map((name) => `${dir}/${name}`);
  const { report, code, err } = await sweep(targets);
  expect(report.targets.map(({ path, status }) => [path, status])).toEqual(
    targets.map((path, i) => [path, ['swept', 'missing', 'not-a-directory', 'swept'][i]]),
  );
  expect(outcomes(report, dir)).toEqual({ [`a/${NAME}`]: 'removed', [`b/${NAME}`]: 'removed' });
  expect(code).toBe(3);
  expect(err).toMatch(new RegExp(`^criu-sweep: ${dir}/missing: ENOENT: .+$`, 'm'));
  expect(err).toMatch(new RegExp(`^criu-sweep: ${dir}/file: ENOTDIR: .+$`, 'm'));
  expect(report.errors.map(({ path, code: errno }) => [path, errno])).toEqual([
    [`${dir}/missing`, 'ENOENT'],
    [`${dir}/file`, 'ENOTDIR'],
  ]);
});

test('a target that may not be read is said, exit 3', async (context) => {
  need(context, 'root', 'setpriv');
  const dir = scratch();
  plant(dir, [
    { path: `closed/${NAME}`, ...OLD },
    { path: 'closed', mode: '0700' },
    { path: 'open', mode: '0755' },
  ]);
  const { report, code, err } = await sweep([`${dir}/closed`, `${dir}/open`], { wrap: asUser(65534) });
  expect(report.targets.map((target) => target.status)).toEqual(['unreadable', 'swept']);
  expect(err).toMatch(new RegExp(`^criu-sweep: ${dir}/closed: EACCES: `, 'm'));
  expect(code).toBe(3);
});

test('a directory below a target that may not be read is said, the others are swept, exit 3', async (context) => {
  need(context, 'root', 'setpriv');
  const dir = scratch();
  plant(dir, [
    { path: 'closed/more' },
    { path: 'closed', mode: '0700' },
    { path: 'open', mode: '0777' },
    { path: `open/${NAME}`, uid: 65534, ...OLD },
  ]);
  const { report, code, err } = await sweep([dir], { wrap: asUser(65534) });
  expect(report.errors).toMatchObject([{ path: `${dir}/closed`, code: 'EACCES' }]);
  expect(outcomes(report, dir)).toEqual({ [`open/${NAME}`]: 'removed' });
  expect(err).toMatch(new RegExp(`^criu-sweep: ${dir}/closed: EACCES: `, 'm'));
  expect(code).toBe(3);
});

test('paths in the report are absolute, with the links of the target resolved', async () => {
  const dir = scratch();
  plant(dir, [
    { path: `real/${NAME}`, ...OLD },
    { path: 'link', kind: 'symlink', to: 'real' },
  ]);
  const { report } = await sweep(['-n', 'link'], { cwd: dir });
  expect(report.items.map((item) => item.path)).toEqual([`${dir}/real/${NAME}`]);
  expect(report.targets).toMatchObject([
    { path: 'link', resolved: `${dir}/real`, status: 'swept', entries: 1 },
  ]);
  const dot = await sweep(['-n', '.'], { cwd: `${dir}/link` });
  expect(dot.report.items.map((item) => item.path)).toEqual([`${dir}/real/${NAME}`]);
  const relative = await sweep(['-n', '../link/'], { cwd: `${dir}/real` });
  expect(relative.report.items.map((item) => item.path)).toEqual([`${dir}/real/${NAME}`]);
  const real = await sweep([`${dir}/link`]);
  expect(outcomes(real.report, `${dir}/real`)).toEqual({ [NAME]: 'removed' });
  expect(real.report.targets).toMatchObject([
    { path: `${dir}/link`, resolved: `${dir}/real`, status: 'swept' },
  ]);
  expect(real.code).toBe(0);
  expect(list(dir)).toEqual(['link', 'real']);
});

test('links below a target are not followed', async () => {
  const dir = scratch();
  plant(dir, [{ path: `outside/${NAME}`, ...OLD }, { path: 'work' }]);
  symlinkSync('../outside', `${dir}/work/link`);
  const { report, code } = await sweep([`${dir}/work`]);
  expect(report.targets).toMatchObject([{ directories: 1, entries: 1 }]);
  expect(report.items).toEqual([]);
  expect(code).toBe(0);
});

test("a target whose own name is a leftover's is judged as a candidate", async () => {
  const dir = scratch();
  const full = leftoverName();
  const [empty, slashed] = [plantLeftover(dir), plantLeftover(dir)];
  plant(dir, [
    { path: full, ...OLD },
    { path: `${full}/${leftoverName()}`, ...OLD },
    { path: full, ...OLD },
  ]);
  const { report, code } = await sweep([empty, `${slashed}/`, `${dir}/${full}`]);
  expect(report.items.map(({ path, outcome }) => [path, outcome])).toEqual([
    [empty, 'removed'],
    [slashed, 'removed'],
    [`${dir}/${full}`, 'kept'],
  ]);
  expect(report.items[2]?.reasons).toEqual([{ why: 'not-empty' }]);
  expect(code).toBe(0);
});

test("a target that is a link by a leftover's name is kept, and so is what it points to", async () => {
  const dir = scratch();
  const link = leftoverName();
  plant(dir, [
    { path: `real/${NAME}`, ...OLD },
    { path: link, kind: 'symlink', to: 'real', ...OLD },
  ]);
  const { report } = await sweep(['--mode', 'any', `${dir}/${link}`]);
  expect(outcomes(report, dir)).toEqual({ [link]: 'kept: not-a-directory' });
  expect(exists(dir, `real/${NAME}`)).toBe(true);
});

test('a target that is a link to a leftover is judged as that leftover', async () => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  symlinkSync(leftover, `${dir}/link`);
  const { report } = await sweep([`${dir}/link`]);
  expect(report.items).toMatchObject([{ path: leftover, outcome: 'removed' }]);
  expect(list(dir)).toEqual(['link']);
});

test('--ignore-missing: a target that is not there is nothing to do, and is said with -v only', async () => {
  const dir = scratch();
  plant(dir, [
    { path: `a/${NAME}`, ...OLD },
    { path: 'dangling', kind: 'symlink', to: 'nowhere' },
  ]);
  const targets = ['missing', 'dangling', 'a'].map((name) => `${dir}/${name}`);
  const { report, code, err } = await sweep(['--ignore-missing', '-n', ...targets]);
  expect(report.targets.map(({ status }) => status)).toEqual(['missing', 'missing', 'swept']);
  expect([code, err, report.errors]).toEqual([0, '', []]);
  expect(outcomes(report, dir)).toEqual({ [`a/${NAME}`]: 'would-remove' });
  const verbose = await sweep(['--ignore-missing', '-n', '-v', `${dir}/missing`]);
  expect(verbose.err).toContain(`${dir}/missing: is not there`);
  const inspected = await run(['inspect', '--ignore-missing', '--json', `${dir}/missing`]);
  expect(inspected.code).toBe(0);
});

test('--ignore-missing: what cannot be told to be missing is an error all the same', async (context) => {
  need(context, 'root', 'setpriv');
  const dir = scratch();
  plant(dir, [
    { path: 'closed', mode: '0700' },
    { path: 'file', kind: 'file' },
    { path: 'loop', kind: 'symlink', to: 'loop' },
  ]);
  const names = ['closed/in', 'file', 'file/in', 'loop'];
  const targets = names.map((name) => `${dir}/${name}`);
  const { report, code } = await sweep(['--ignore-missing', ...targets], { wrap: asUser(65534) });
  expect(report.errors.map((error) => error.code)).toEqual(['EACCES', 'ENOTDIR', 'ENOTDIR', 'ELOOP']);
  expect(code).toBe(3);
});
