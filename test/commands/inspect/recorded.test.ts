import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { inspect } from '../../support/inspection.ts';
import { RECORDED, stageRun } from '../../support/runs.ts';
import { scratch } from '../../support/scratch.ts';
import { snapshot } from '../../support/tree.ts';

/** The recorded runs below a directory. */
function stageAll(): string {
  const root = scratch();
  for (const folder of RECORDED) stageRun(root, folder);
  return root;
}

test('each recorded run comes out right: operation, version, outcome, first error', async () => {
  const { report, code } = await inspect([stageAll()]);
  const said = report.runs.map(({ log, operation, version, affected, outcome, firstError }) => [
    basename(dirname(log)),
    { operation, version, affected, outcome, source: firstError?.source ?? null },
  ]);
  expect(Object.fromEntries(said)).toEqual({
    'dump-ok-3.16.1': {
      operation: 'dump',
      version: '3.16.1',
      affected: true,
      outcome: 'succeeded',
      source: null,
    },
    'dump-ok-3.16.1-quiet': {
      operation: 'dump',
      version: null,
      affected: null,
      outcome: 'succeeded',
      source: null,
    },
    'dump-failed-3.16.1': {
      operation: 'dump',
      version: '3.16.1',
      affected: true,
      outcome: 'failed',
      source: 'criu/sk-unix.c:864',
    },
    'dump-killed-3.17.1': {
      operation: 'dump',
      version: '3.17.1',
      affected: false,
      outcome: 'cut-off',
      source: null,
    },
    'dump-nopid-3.17.1': {
      operation: 'dump',
      version: '3.17.1',
      affected: false,
      outcome: 'failed',
      source: 'compel/src/lib/infect.c:356',
    },
    'restore-ok-3.17.1': {
      operation: 'restore',
      version: '3.17.1',
      affected: false,
      outcome: 'succeeded',
      source: null,
    },
  });
  expect(code).toBe(0);
});

test('each leftover is the run’s in whose work dir it lies, and a sweep would remove it', async () => {
  const { report } = await inspect([stageAll()]);
  expect(report.items.map(({ run }) => basename(dirname(run ?? '/none/none'))).sort()).toEqual([
    'dump-failed-3.16.1',
    'dump-killed-3.17.1',
    'dump-ok-3.16.1',
    'dump-ok-3.16.1-quiet',
  ]);
  for (const { path, run, outcome } of report.items) {
    expect(dirname(run ?? '')).toBe(dirname(path));
    expect(outcome).toBe('would-remove');
  }
});

test('of a run’s log, start and end are told from its time stamps and its mtime', async () => {
  const root = scratch();
  stageRun(root, 'dump-ok-3.16.1');
  const { report } = await inspect([root]);
  expect(report.runs).toMatchObject([
    { startedAt: '2026-11-23T20:03:27.655Z', endedAt: '2026-11-23T20:03:29.000Z' },
  ]);
});

test('an inspection changes nothing', async () => {
  const root = stageAll();
  const before = snapshot(root);
  await inspect([root]);
  expect(snapshot(root)).toEqual(before);
});

test('a leftover as the target is attributed to the run whose log lies beside it', async () => {
  const dir = stageRun(scratch(), 'dump-killed-3.17.1');
  const { report } = await inspect([`${dir}/.criu.temp-aa-policy.eH2jdU`]);
  expect(report.items).toMatchObject([{ run: `${dir}/dump.log`, outcome: 'would-remove' }]);
});

test('the newest run comes first', async () => {
  const { report } = await inspect([stageAll()]);
  const ends = report.runs.map(({ endedAt }) => endedAt ?? '');
  expect(ends).toEqual([...ends].sort().reverse());
});
