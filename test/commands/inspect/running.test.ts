import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { inspect } from '../../support/inspection.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { hold } from '../../support/processes.ts';
import { logOf } from '../../support/runs.ts';
import { scratch } from '../../support/scratch.ts';
import { asUser } from '../../support/wrap.ts';

/** A work dir whose log simply stops. */
function unfinished(): string {
  const dir = `${scratch()}/work`;
  mkdirSync(dir);
  writeFileSync(`${dir}/dump.log`, logOf('dump-killed-3.17.1/dump.log'));
  return dir;
}

const outcomesOf = async (dir: string) => (await inspect([dir])).report.runs.map(({ outcome }) => outcome);

test.each([
  'criu',
  'criu-4.2',
])('a run whose log a living %s has open is running, and cut off once that was killed', async (comm) => {
  const dir = unfinished();
  const criu = await hold({ comm, open: `${dir}/dump.log` });
  const { report } = await inspect([dir]);
  expect(report.runs).toMatchObject([{ outcome: 'running', endedAt: null }]);
  await criu.release();
  expect(await outcomesOf(dir)).toEqual(['cut-off']);
});

test('another program that reads the log does not make it running', async () => {
  const dir = unfinished();
  await hold({ comm: 'less', open: `${dir}/dump.log` });
  expect(await outcomesOf(dir)).toEqual(['cut-off']);
});

test('a closing line is the run’s own word, also while criu lives on', async () => {
  const dir = unfinished();
  writeFileSync(`${dir}/dump.log`, logOf('dump-failed-3.16.1/dump.log'));
  await hold({ comm: 'criu', open: `${dir}/dump.log` });
  expect(await outcomesOf(dir)).toEqual(['failed']);
});

test('what a running criu made is its, and is no leftover yet', async () => {
  const dir = unfinished();
  await hold({ comm: 'criu', cwd: dir, open: `${dir}/dump.log` });
  plantLeftover(dir);
  const { report, code } = await inspect(['--check', dir]);
  expect(report.items).toMatchObject([{ outcome: 'kept', reasons: [{ why: 'in-use', command: 'criu' }] }]);
  expect(code).toBe(0);
});

test('where a living criu hides its files, a log that stops is not called cut off', async (context) => {
  need(context, 'root', 'setpriv');
  const dir = unfinished();
  chmodSync(`${dir}/dump.log`, 0o644);
  const criu = await hold({ comm: 'criu', open: `${dir}/dump.log` });
  writeFileSync(`${dir}/dump.log`, logOf('dump-killed-3.17.1/dump.log'));
  const { report } = await inspect([dir], { wrap: asUser(65534) });
  expect(report.runs).toMatchObject([{ outcome: 'unknown', endedAt: null }]);
  await criu.release();
  const after = await inspect([dir], { wrap: asUser(65534) });
  expect(after.report.runs).toMatchObject([{ outcome: 'cut-off' }]);
});

test('logs of single tasks are part of the run beside whose log they lie', async () => {
  const dir = `${scratch()}/work`;
  mkdirSync(dir);
  for (const file of ['restore.log', 'restore.log.305'])
    writeFileSync(`${dir}/${file}`, logOf(`made-restore-log-pid-3.13/${file}`));
  const { report } = await inspect([dir]);
  expect(report.runs.map(({ log }) => log)).toEqual([`${dir}/restore.log`]);
});

test('the log of a task alone is a run of its own', async () => {
  const dir = `${scratch()}/work`;
  mkdirSync(dir);
  writeFileSync(`${dir}/restore.log.305`, logOf('made-restore-log-pid-3.13/restore.log.305'));
  const { report } = await inspect([dir]);
  expect(report.runs).toMatchObject([{ log: `${dir}/restore.log.305`, operation: 'restore' }]);
});
