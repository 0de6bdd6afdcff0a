import { expect, test } from 'vitest';
import type { Summary } from '../../src/model/events.ts';
import { lastSuccessIn, metricsText } from '../../src/report/prometheus.ts';

const summary: Summary = {
  counts: {
    matched: 6,
    removed: 1,
    wouldRemove: 0,
    kept: 3,
    vanished: 1,
    failed: 1,
    keptBy: { mode: 2, 'not-empty': 1 },
  },
  inUse: { checked: true, unreadableProcesses: 0, foreignPidNamespace: false },
  blindness: null,
  interrupted: null,
  incomplete: 0,
  finishedAt: 1_700_000_000_500,
  durationMs: 1500,
  exitCode: 3,
};
const measured = { version: '1.2.3', summary, succeeded: false, lastSuccess: 1_690_000_000.25 };

test('a run that failed keeps the time of the last success', async () => {
  const text = await metricsText(measured);
  expect(text).toContain('\ncriu_sweep_last_run_timestamp_seconds 1700000000.5\n');
  expect(text).toContain('\ncriu_sweep_last_success_timestamp_seconds 1690000000.25\n');
  expect(lastSuccessIn(text)).toBe(1_690_000_000.25);
});

test('a run that succeeded is the last success', async () => {
  const text = await metricsText({ ...measured, succeeded: true });
  expect(lastSuccessIn(text)).toBe(1_700_000_000.5);
});

test('every outcome and every reason has its value, also where that is 0', async () => {
  const lines = (await metricsText(measured)).split('\n').filter((line) => line.includes('{'));
  expect(lines).toEqual([
    'criu_sweep_directories{outcome="removed"} 1',
    'criu_sweep_directories{outcome="would-remove"} 0',
    'criu_sweep_directories{outcome="kept"} 3',
    'criu_sweep_directories{outcome="vanished"} 1',
    'criu_sweep_directories{outcome="failed"} 1',
    'criu_sweep_kept_directories{reason="mounted"} 0',
    'criu_sweep_kept_directories{reason="not-a-directory"} 0',
    'criu_sweep_kept_directories{reason="owner"} 0',
    'criu_sweep_kept_directories{reason="mode"} 2',
    'criu_sweep_kept_directories{reason="too-young"} 0',
    'criu_sweep_kept_directories{reason="future"} 0',
    'criu_sweep_kept_directories{reason="excluded"} 0',
    'criu_sweep_kept_directories{reason="unknown"} 0',
    'criu_sweep_kept_directories{reason="not-empty"} 1',
    'criu_sweep_kept_directories{reason="in-use"} 0',
    'criu_sweep_kept_directories{reason="locked"} 0',
    'criu_sweep_build_info{version="1.2.3"} 1',
  ]);
});

test('what could not be seen is told: errors, an incomplete look, processes', async () => {
  const inUse = { checked: true, unreadableProcesses: 2, foreignPidNamespace: false };
  const blind: Summary = { ...summary, inUse, blindness: 'no mounts were seen', incomplete: 4 };
  const unseen = (text: string) =>
    text.split('\n').filter((line) => /^criu_sweep_(errors|look_complete|unreadable_processes) /.test(line));
  expect(unseen(await metricsText({ ...measured, summary: blind }))).toEqual([
    'criu_sweep_errors 4',
    'criu_sweep_look_complete 0',
    'criu_sweep_unreadable_processes 2',
  ]);
  expect(unseen(await metricsText(measured))).toEqual([
    'criu_sweep_errors 0',
    'criu_sweep_look_complete 1',
    'criu_sweep_unreadable_processes 0',
  ]);
});

test.each([
  '',
  'garbage\n',
  'criu_sweep_last_success_timestamp_seconds NaN\n',
  '# HELP x\n',
])('a file without a last success tells of none: %j', (text) => expect(lastSuccessIn(text)).toBe(0));
