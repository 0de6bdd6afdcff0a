import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run, startProgram } from '../support/command.ts';
import { leftoverName, plantLeftover, plantMany } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { list, plant } from '../support/tree.ts';
import { onTerminal } from '../support/wrap.ts';

const SILENT = { code: 0, signal: null, out: '', err: '' };
const said = ({ code, signal, out, err }: Awaited<ReturnType<typeof run>>) => ({ code, signal, out, err });

test('a line for each directory removed on stdout, a summary with counts and time last on stderr', async () => {
  const dir = scratch();
  const paths = [plantLeftover(dir), plantLeftover(dir)].sort();
  plant(dir, [{ path: leftoverName(), mode: '0755', age: '2h' }]);
  const { code, out, err } = await run([dir]);
  expect(out.trimEnd().split('\n').sort()).toEqual(paths.map((path) => `removed ${path}`));
  expect(err).toMatch(/^criu-sweep: 2 removed, 1 kept.* \d+\.\d+ s\n$/);
  expect(code).toBe(0);
});

test('a dry run says what it would remove', async () => {
  const dir = scratch();
  const path = plantLeftover(dir);
  const { code, out, err } = await run(['-n', dir]);
  expect({ code, out }).toEqual({ code: 0, out: `would remove ${path}\n` });
  expect(err).toMatch(/^criu-sweep: 1 would be removed, .* s\n$/);
});

test('with -v also what was kept, with all its reasons', async (context) => {
  need(context, 'root');
  const dir = scratch();
  const name = leftoverName();
  plant(dir, [{ path: name, uid: 7, mode: '0755' }]);
  const { code, out, err } = await run(['-v', dir]);
  expect(out).toMatch(
    new RegExp(`^kept ${dir}/${name}: owner\\b[^,]*7[^,]*, mode\\b[^,]*0755[^,]*, too-young\\b[^,]*\n$`),
  );
  expect(err).toMatch(/^criu-sweep: 0 removed, 1 kept/);
  expect(code).toBe(0);
});

test('a run that removed nothing prints nothing at all', async () => {
  const dir = scratch();
  plant(dir, [{ path: leftoverName() }, { path: 'a/b' }, { path: 'f', kind: 'file' }]);
  expect(said(await run([dir]))).toEqual(SILENT);
  expect(said(await run(['-n', dir]))).toEqual(SILENT);
  expect(said(await run(['--check', dir]))).toEqual(SILENT);
  expect(said(await run([`${dir}/nothing*`]))).toEqual(SILENT);
});

test('with -v a run that removed nothing says so', async () => {
  const { out, err } = await run(['-v', scratch()]);
  expect({ out, err }).toEqual({
    out: '',
    err: expect.stringMatching(/^criu-sweep: 0 removed, 0 kept in .* s\n$/),
  });
});

test('on a terminal a run that removed nothing says so', async (context) => {
  need(context, 'script');
  const { out, code } = await startProgram(onTerminal([scratch()])).ended;
  expect(code).toBe(0);
  expect(out).toMatch(/^criu-sweep: 0 removed, 0 kept in .* s\r\n$/);
});

test('-q prints errors only', async () => {
  const dir = scratch();
  plantLeftover(dir);
  expect(said(await run(['-q', '-n', dir]))).toEqual(SILENT);
  expect(said(await run(['-q', dir]))).toEqual(SILENT);
  expect(list(dir)).toEqual([]);
  const { code, out, err } = await run(['-q', `${dir}/missing`]);
  expect({ code, out, err }).toEqual({
    code: 3,
    out: '',
    err: expect.stringMatching(/^[^\n]*missing: ENOENT[^\n]*\n$/),
  });
});

test('of many failures the first 20 are said and the others counted; what can go goes, exit 3', async (context) => {
  need(context, 'root', 'chattr');
  const dir = scratch();
  const names = plantMany(dir, 25);
  for (const name of names) execFileSync('chattr', ['+i', `${dir}/${name}`]);
  const removable = plantLeftover(dir);
  const { code, out, err } = await run([dir]);
  expect({ code, out }).toEqual({ code: 3, out: `removed ${removable}\n` });
  const lines = err.trimEnd().split('\n');
  expect(lines.slice(0, 20)).toEqual(
    Array(20).fill(expect.stringMatching(/^failed \/.*: EPERM: operation not permitted$/)),
  );
  expect(lines.slice(20)).toEqual([
    expect.stringMatching(/\b5 more\b/),
    expect.stringMatching(/^criu-sweep: 1 removed, 0 kept, 25 failed in/),
  ]);
  expect(new Set(lines.slice(0, 20)).size).toBe(20);
});

test('failures are said with -q, and in every format', async (context) => {
  need(context, 'root', 'chattr');
  const dir = scratch();
  const path = plantLeftover(dir);
  execFileSync('chattr', ['+i', path]);
  for (const args of [[], ['-q'], ['--json'], ['--format', 'ndjson']]) {
    const { code, err } = await run([...args, dir]);
    expect([args, code]).toEqual([args, 3]);
    expect(err).toContain(`failed ${path}: EPERM: operation not permitted\n`);
  }
});
