import { describe, expect, it } from 'vitest';
import { describeRun, type Evidence } from '../../../src/criu/log/criu-run.ts';
import { statsNames } from '../../../src/criu/log/files.ts';
import { asBytes } from '../../../src/linux/bytes.ts';
import { fixture, logFile, NO_EVIDENCE, recordedRun, recordedTimes, told } from './fixtures.ts';

const run = (path: string, evidence: Partial<Evidence> = {}) => {
  const name = path.slice(path.indexOf('/') + 1);
  return describeRun(told(fixture(path)), logFile(name), { ...NO_EVIDENCE, ...evidence });
};

describe('the recorded runs', () => {
  it('a dump with CRIU 3.16.1 succeeded, with a version that leaves a directory', () => {
    const it = recordedRun('dump-ok-3.16.1', 'dump.log');
    expect(it).toMatchObject({ operation: 'dump', outcome: 'succeeded', affected: true, firstError: null });
    expect(it.version?.text).toBe('3.16.1');
    expect(it.endedAtMs).toBe(1_795_464_209_000);
    expect(it.startedAtMs).toBeCloseTo(1_795_464_209_000 - 1344.596);
  });

  it('a dump at the default level says nothing, and its stats file says that it succeeded', () => {
    const log = 'dump-ok-3.16.1-quiet/dump.log';
    expect(run(log)).toMatchObject({ operation: 'dump', outcome: 'unknown', version: null, affected: null });
    expect(run(log).startedAtMs).toBeNull();
    expect(recordedTimes('dump-ok-3.16.1-quiet').has('stats-dump')).toBe(true);
    expect(recordedRun('dump-ok-3.16.1-quiet', 'dump.log').outcome).toBe('succeeded');
  });

  it.each([
    ['dump-failed-3.16.1/dump.log', 'dump', 'failed', 'criu/sk-unix.c:864', true],
    ['dump-killed-3.17.1/dump.log', 'dump', 'cut-off', undefined, false],
    ['dump-nopid-3.17.1/dump.log', 'dump', 'failed', 'compel/src/lib/infect.c:356', false],
    ['restore-ok-3.17.1/restore.log', 'restore', 'succeeded', undefined, false],
    ['dump-early-3.17.1/dump.log', 'dump', 'failed', 'criu/vdso.c:381', false],
    ['restore-early-3.17.1-quiet/restore.log', 'restore', 'failed', 'criu/vdso.c:381', null],
  ])('%s: %s %s', (log, operation, outcome, source, affected) => {
    const it = run(log);
    expect(it).toMatchObject({ operation, outcome, affected });
    expect(it.firstError?.source).toBe(source);
  });
});

describe('runs of other versions', () => {
  it.each([
    ['made-dump-ok-0.5/dump.log', 'dump', 'succeeded'],
    ['made-dump-failed-0.5-quiet/dump.log', 'dump', 'failed'],
    ['made-restore-ok-1.3/restore.log', 'restore', 'succeeded'],
    ['made-restore-failed-1.8-quiet/restore.log', 'restore', 'failed'],
    ['made-pre-dump-failed-2.4/pre-dump.log', 'pre-dump', 'failed'],
    ['made-lazy-pages-3.12/criu.log', 'lazy-pages', 'succeeded'],
    ['made-dump-lazy-failed-3.12/dump.log', 'dump', 'failed'],
    ['made-dump-long-3.15/dump.log', 'dump', 'succeeded'],
    ['made-restore-killed-3.17/restore.log', 'restore', 'cut-off'],
    ['made-restore-early-4.2/restore.log', 'restore', 'failed'],
    ['made-dump-killed-not-utf8/dump.log', 'dump', 'cut-off'],
    ['made-dump-killed-named-3.17/dump.log', 'dump', 'cut-off'],
    ['made-zero-filled/dump.log', 'dump', 'cut-off'],
    ['made-service-worker-killed/criu.log', 'unknown', 'cut-off'],
    ['made-restore-log-pid-3.13/restore.log', 'restore', 'succeeded'],
    ['made-cut-first-line/dump.log', 'dump', 'unknown'],
    ['made-empty/dump.log', 'dump', 'unknown'],
    ['made-restore-pie-2.12/restore.log', 'restore', 'failed'],
    ['made-pre-dump-run-id-4.2/web.log-20261101', 'pre-dump', 'failed'],
    ['made-dump-crac-3.17.1/dump4.log', 'dump', 'succeeded'],
    ['made-dump-probes-3.13/dump.log', 'dump', 'failed'],
    ['made-lazy-pages-cut-4.1/lazy-pages.log', 'lazy-pages', 'cut-off'],
    ['made-restore-busy-3.17/sine.log', 'restore', 'failed'],
  ])('%s: %s %s', (log, operation, outcome) => {
    expect(run(log)).toMatchObject({ operation, outcome });
  });

  it.each([
    ['dump.log.1', 'Dumping finished successfully', null],
    ['dump.log.1', 'Dumping processes (pid: 7)', null],
    ['restore.log.7', 'Forking task with 9 pid (flags 0x0)', 7],
  ])('%s with %j is a rotated log, or that of a task', (name, line, pid) => {
    const it = describeRun(told(asBytes(`(00.000001) ${line}\n`)), logFile(name), NO_EVIDENCE);
    expect(it.pid).toBe(pid);
  });

  it('a log of a task that is of no restore was cut off where it stops', () => {
    const { outcome, pid } = describeRun(
      told(asBytes('(00.000001) x\n')),
      logFile('criu.log.7'),
      NO_EVIDENCE,
    );
    expect([outcome, pid]).toEqual(['cut-off', 7]);
  });

  it('the log of a single restored task does not say how the run ended', () => {
    expect(run('made-restore-log-pid-3.13/restore.log.305')).toMatchObject({
      operation: 'restore',
      outcome: 'unknown',
      pid: 305,
    });
  });
});

describe('what a run did', () => {
  it('is told by its log before its name', () => {
    const evidence = NO_EVIDENCE;
    const restore = told(asBytes('(00.000001) Reading image tree\n'));
    expect(describeRun(restore, logFile('dump.log'), evidence).operation).toBe('restore');
    expect(describeRun(told(asBytes('(00.000001) x\n')), logFile('pre-dump.log'), evidence).operation).toBe(
      'pre-dump',
    );
    expect(describeRun(told(asBytes('(00.000001) x\n')), logFile('criu.log'), evidence).operation).toBe(
      'unknown',
    );
  });

  it('is told by its closing line before all else, if that says it', () => {
    const is = (...lines: readonly string[]) =>
      describeRun(told(asBytes(lines.map((line) => `(00.000001) ${line}\n`).join(''))), logFile('dump.log'), {
        ...NO_EVIDENCE,
      }).operation;
    expect(is('Dumping processes (pid: 7)', 'Pre-dumping finished successfully')).toBe('pre-dump');
    expect(is('Reading image tree', 'Worker(pid 7) was killed by 9: Killed')).toBe('restore');
  });
});

describe('a run that a living criu still writes', () => {
  it('is running, without an end', () => {
    const it = run('dump-killed-3.17.1/dump.log', { open: true });
    expect(it).toMatchObject({ outcome: 'running', endedAtMs: null });
  });

  it('has ended once its log says so', () => {
    expect(run('restore-ok-3.17.1/restore.log', { open: true }).outcome).toBe('succeeded');
  });
});

describe('a stats file beside a log without time stamps', () => {
  const quiet = 'dump-ok-3.16.1-quiet/dump.log';
  const errors = 'restore-early-3.17.1-quiet/restore.log';

  it.each([
    ['written after the log', quiet, 100_500, [], 'succeeded'],
    ['less than a second before it', quiet, 99_001, [], 'succeeded'],
    ['of an earlier run', quiet, 98_999, [], 'unknown'],
    ['that another run wrote, whose log is newer', quiet, 105_000, [104_000], 'unknown'],
    ['that another run wrote, whose log is as new as this one', quiet, 105_000, [100_000], 'unknown'],
    ['that another run wrote, whose log is as new as it', quiet, 105_000, [105_000], 'unknown'],
    ['and an older log of another run', quiet, 100_500, [50_000], 'succeeded'],
    ['and a newer one of a later run', quiet, 100_500, [200_000], 'succeeded'],
    ['and errors that a success can have too', errors, 100_000, [], 'succeeded'],
    ['of a run just before one that failed early', errors, 99_999, [], 'failed'],
    ['and nothing in the log', 'made-empty/dump.log', 100_000, [], 'succeeded'],
  ])('%s', (_, log, statsMtimeMs, otherLogsMs, outcome) => {
    expect(run(log, { statsMtimeMs, otherLogsMs }).outcome).toBe(outcome);
  });

  it('is when the run ended', () => {
    expect(run(quiet, { statsMtimeMs: 130_000 }).endedAtMs).toBe(130_000);
    expect(run(quiet, { statsMtimeMs: 99_500 }).endedAtMs).toBe(100_000);
  });

  it('does not save a run whose log has time stamps and stops, nor one that says FAILED', () => {
    expect(run('dump-killed-3.17.1/dump.log', { statsMtimeMs: 100_000 }).outcome).toBe('cut-off');
    expect(run('made-dump-failed-0.5-quiet/dump.log', { statsMtimeMs: 130_000 })).toMatchObject({
      outcome: 'failed',
      endedAtMs: 100_000,
    });
  });

  it('has a name for each operation that writes one', () => {
    expect(statsNames('dump')).toEqual(['stats-dump']);
    expect(statsNames('pre-dump')).toEqual(['stats-dump']);
    expect(statsNames('restore')).toEqual(['stats-restore']);
    expect(statsNames('lazy-pages')).toEqual([]);
    expect(statsNames('unknown')).toEqual(['stats-dump', 'stats-restore']);
  });
});
