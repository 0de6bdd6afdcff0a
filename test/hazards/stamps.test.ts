import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { leftoverName } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { exists, plant } from '../support/tree.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root'));

test('an mtime in the future is kept, one of 1960 or at 0 is old', async () => {
  const dir = scratch();
  const [future, nearly, of1960, zero] = [leftoverName(), leftoverName(), leftoverName(), leftoverName()];
  plant(dir, [
    { path: future, mtime: '2100-01-01T00:00:00Z' },
    { path: nearly, age: '-60s' },
    { path: of1960, mtime: '1960-01-01T00:00:00Z' },
    { path: zero, mtime: '1970-01-01T00:00:00Z' },
  ]);
  const { report, code } = await sweep([dir]);
  expect(outcomes(report, dir)).toEqual({
    [future]: 'kept: future',
    [nearly]: 'kept: future',
    [of1960]: 'removed',
    [zero]: 'removed',
  });
  expect(code).toBe(0);
  const mtimes = new Map(report.items.map((item) => [item.path, item.mtime]));
  expect(mtimes.get(`${dir}/${of1960}`)).toBe('1960-01-01T00:00:00.000Z');
  expect(mtimes.get(`${dir}/${zero}`)).toBe('1970-01-01T00:00:00.000Z');
});

test('an mtime of thousands of millions of years is cut to what a Date holds, its age too', async (context) => {
  need(context, 'namespaces');
  const dir = scratch();
  const [future, past] = [leftoverName(), leftoverName()];
  const wrap =
    inMountNamespace(`mount -t tmpfs none ${quoted(dir)}; cd ${quoted(dir)}; mkdir -m 0700 ${future} ${past}
    touch -d @9223372036854775807 ${future}; touch -d @-9223372036854775808 ${past}`);
  const { report } = await sweep([dir], { wrap });
  expect(outcomes(report, dir)).toEqual({ [future]: 'kept: future', [past]: 'removed' });
  const startedAt = Date.parse(report.startedAt);
  expect(Object.fromEntries(report.items.map(({ path, mtime, ageMs }) => [path, [mtime, ageMs]]))).toEqual({
    [`${dir}/${future}`]: ['+275760-09-13T00:00:00.000Z', startedAt - 8.64e15],
    [`${dir}/${past}`]: ['-271821-04-20T00:00:00.000Z', startedAt + 8.64e15],
  });
});

test('the clock stepped back since it was made: its mtime lies ahead, so it is kept even with --older-than 0s', async () => {
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [{ path: name, age: '-90s' }]);
  const { report } = await sweep(['--older-than', '0s', dir]);
  expect(outcomes(report, dir)).toEqual({ [name]: 'kept: future' });
});

test('modes 02700 and 01700: kept as mode, all twelve bits said', async () => {
  const dir = scratch();
  const [setgid, sticky, setuid, usual] = [leftoverName(), leftoverName(), leftoverName(), leftoverName()];
  plant(dir, [
    { path: setgid, mode: '2700', age: '2h' },
    { path: sticky, mode: '1700', age: '2h' },
    { path: setuid, mode: '4700', age: '2h' },
    { path: usual, age: '2h' },
  ]);
  const { report } = await sweep([dir]);
  expect(outcomes(report, dir)).toEqual({
    [setgid]: 'kept: mode',
    [sticky]: 'kept: mode',
    [setuid]: 'kept: mode',
    [usual]: 'removed',
  });
  expect(report.items.flatMap((item) => item.reasons.map((reason) => reason.mode)).sort()).toEqual([
    '1700',
    '2700',
    '4700',
  ]);
});

test('an ACL that widens it: kept as mode', async (context) => {
  need(context, 'setfacl');
  const dir = scratch();
  const [widened, group] = [leftoverName(), leftoverName()];
  plant(dir, [
    { path: widened, age: '2h' },
    { path: group, age: '2h' },
  ]);
  execFileSync('setfacl', ['-m', 'u:65534:rwx', `${dir}/${widened}`]);
  execFileSync('setfacl', ['-m', 'g:65534:r-x', `${dir}/${group}`]);
  expect(lstatSync(`${dir}/${widened}`).mode & 0o7777).not.toBe(0o700);
  const { report } = await sweep([dir]);
  expect(outcomes(report, dir)).toEqual({ [widened]: 'kept: mode', [group]: 'kept: mode' });
});

test('inode numbers above 2^53: compared exactly, and exact in the report', async (context) => {
  need(context, 'namespaces', 'overlayfs');
  const dir = scratch();
  plant(dir, [{ path: 'lower/t' }, { path: 'memory' }, { path: 'on' }]);
  const name = leftoverName();
  const targets = Array.from({ length: 24 }, (_, n) => `d${n}`);
  plant(
    dir,
    targets.flatMap((target) => [
      { path: `lower/${target}/${name}`, age: '2h' },
      { path: `lower/${target}`, mode: '0755' },
    ]),
  );
  const wrap = inMountNamespace(`cd ${quoted(dir)}; mount -t tmpfs none memory; mkdir memory/upper memory/work
    mount -t overlay -o xino=on,lowerdir=lower,upperdir=memory/upper,workdir=memory/work none on
    stat -c '%n %i' on/d* on/d*/${name} >&2`);
  const { report, code, err } = await sweep(
    targets.map((target) => `${dir}/on/${target}`),
    { wrap },
  );
  const inodes = new Map(
    err
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0] ?? '', BigInt(line.split(' ')[1] ?? '')]),
  );
  const ofTargets = targets.map((target) => inodes.get(`on/${target}`) ?? 0n);
  expect(ofTargets.every((ino) => ino > 2n ** 53n)).toBe(true);
  expect(new Set(ofTargets.map(Number)).size).toBeLessThan(new Set(ofTargets).size);
  expect(code).toBe(0);
  expect(report.summary).toMatchObject({ matched: targets.length, removed: targets.length });
  for (const item of report.items)
    expect(item.ino).toBe(String(inodes.get(item.path.slice(`${dir}/`.length))));
  expect(exists(dir, `lower/d0/${name}`)).toBe(true);
});
