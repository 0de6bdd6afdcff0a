import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { NODE, PACKAGE, program, run, startProgram } from '../support/command.ts';
import { leftoverName, plantLeftover, plantMany } from '../support/leftovers.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';
import { list, plant } from '../support/tree.ts';

const codeOf = async (...args: string[]) => (await run(args)).code;

test('0: done, also when there was nothing to do', async () => {
  const dir = scratch();
  plantLeftover(dir);
  expect(await codeOf(dir)).toBe(0);
  expect(await codeOf(dir)).toBe(0);
});

test('0: what is kept is no failure', async () => {
  const dir = scratch();
  plant(dir, [{ path: `${leftoverName()}/x` }, { path: leftoverName(), mode: '0755' }]);
  expect(await codeOf(dir)).toBe(0);
});

test('1: only --check, only when there is something to remove, and nothing is removed', async () => {
  const dir = scratch();
  plant(dir, [{ path: leftoverName(), mode: '0755' }]);
  expect(await codeOf('--check', dir)).toBe(0);
  const path = plantLeftover(dir);
  const { code, out } = await run(['--check', dir]);
  expect({ code, out }).toEqual({ code: 1, out: `would remove ${path}\n` });
  const { report } = await sweep(['--check', dir]);
  expect(report).toMatchObject({ dryRun: true, exitCode: 1, summary: { wouldRemove: 1, removed: 0 } });
  expect(await codeOf('-n', dir)).toBe(0);
  expect(list(dir)).toHaveLength(2);
});

test('3 wins over 1', async () => {
  const dir = scratch();
  plantLeftover(dir);
  expect(await codeOf('--check', dir, `${dir}/missing`)).toBe(3);
});

test('3: a removal failed', async (context) => {
  need(context, 'root', 'chattr');
  const dir = scratch();
  execFileSync('chattr', ['+i', plantLeftover(dir)]);
  const { code, report } = await sweep([dir]);
  expect(code).toBe(3);
  expect(report.items).toMatchObject([{ outcome: 'failed', reasons: [], code: 'EPERM', syscall: 'rmdir' }]);
  expect(report.summary).toMatchObject({ failed: 1, kept: 0, removed: 0 });
});

test('3: the time ran out; the report says so and is right', async () => {
  const dir = scratch(MEMORY);
  plantMany(dir, 50_000);
  const { code, report } = await sweep(['--max-runtime', '100ms', dir]);
  const left = readdirSync(dir).length;
  expect(code).toBe(3);
  expect(report).toMatchObject({ interrupted: 'timeout', targets: [{ status: 'interrupted' }] });
  expect(left).toBeGreaterThan(0);
  expect(report.summary.removed).toBe(50_000 - left);
  const text = await run(['--max-runtime', '1ms', dir]);
  expect(text.code).toBe(3);
  expect(text.err).toMatch(/timeout/);
});

test('0: the time was enough', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, report } = await sweep(['--max-runtime', '1h', dir]);
  expect([code, report.interrupted, report.summary.removed]).toEqual([0, null, 1]);
});

test('70: a bug in criu-sweep, also one that prevents it from starting', async () => {
  const dir = scratch();
  for (const part of ['bin', 'dist', 'package.json', 'schema'])
    cpSync(`${PACKAGE}${part}`, `${dir}/${part}`, { recursive: true });
  symlinkSync(`${PACKAGE}node_modules`, `${dir}/node_modules`);
  const command = [NODE, `${dir}/bin/criu-sweep.js`];
  await program([...command, '--version']);
  rmSync(`${dir}/dist/criu-sweep.cjs`);
  const ended = await startProgram([...command, '--version']).ended;
  expect(ended.code).toBe(70);
  expect(ended.err).not.toBe('');
  rmSync(`${dir}/dist`, { recursive: true });
  mkdirSync(`${dir}/dist`);
  expect((await startProgram([...command, dir]).ended).code).toBe(70);
});
