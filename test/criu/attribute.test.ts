import { describe, expect, it } from 'vitest';
import { attribute, type Leftover } from '../../src/criu/attribute.ts';
import type { Run } from '../../src/criu/log/criu-run.ts';
import { parseVersion } from '../../src/criu/version.ts';
import { bytes } from '../../src/linux/bytes.ts';
import { recordedLeftovers, recordedRun } from './log/fixtures.ts';

const RUN: Run = {
  log: bytes`/w/dump.log`,
  workDir: bytes`/w`,
  pid: null,
  operation: 'dump',
  version: parseVersion(bytes`Version: 3.16.1`),
  affected: true,
  outcome: 'succeeded',
  firstError: null,
  startedAtMs: 10_000,
  loggedAtMs: 20_000,
  endedAtMs: 20_000,
  names: [],
};
const RESTORE: Run = { ...RUN, log: bytes`/w/restore.log`, operation: 'restore', outcome: 'failed' };
const KILLED: Run = {
  ...RUN,
  outcome: 'cut-off',
  version: parseVersion(bytes`Version: 4.2`),
  affected: false,
};
const LEFT: Leftover = { name: bytes`.criu.temp-aa-policy.UUMmzb`, parent: bytes`/w`, mtimeMs: 15_000 };

describe('the recorded leftovers', () => {
  const folders = ['dump-ok-3.16.1', 'dump-ok-3.16.1-quiet', 'dump-failed-3.16.1', 'dump-killed-3.17.1'];
  const runs = folders.map((folder) => recordedRun(folder, 'dump.log'));

  it.each(folders)('of %s is that run’s', (folder) => {
    const [leftover, ...more] = recordedLeftovers(folder);
    expect(more).toEqual([]);
    expect(leftover?.name).toMatch(/^\.criu\.temp-aa-policy\.\w{6}$/);
    expect(leftover && attribute(leftover, runs)).toBe(`/var/tmp/r/${folder}/dump.log`);
  });
});

describe('attribution by work dir and time', () => {
  it.each([
    ['within the run', 15_000, '/w/dump.log'],
    ['a second before its start', 9_000, '/w/dump.log'],
    ['a second after its end', 21_000, '/w/dump.log'],
    ['earlier', 8_999, null],
    ['later', 21_001, null],
  ])('a directory made %s', (_, mtimeMs, log) => {
    expect(attribute({ ...LEFT, mtimeMs }, [RUN])).toBe(log);
  });

  it('knows of a run without time stamps only that it was there when it wrote', () => {
    const quiet: Run = { ...RUN, version: null, affected: null, startedAtMs: null, endedAtMs: 25_000 };
    expect(attribute({ ...LEFT, mtimeMs: 24_000 }, [quiet])).toBe('/w/dump.log');
    expect(attribute({ ...LEFT, mtimeMs: 18_999 }, [quiet])).toBeNull();
  });

  it('gives a running run all that comes after its start', () => {
    const running: Run = { ...KILLED, outcome: 'running', endedAtMs: null };
    expect(attribute({ ...LEFT, mtimeMs: 90_000 }, [running])).toBe('/w/dump.log');
  });

  it.each([
    ['of another work dir', LEFT, { ...RUN, workDir: bytes`/v` }],
    ['of an operation that makes no such directory', LEFT, RESTORE],
    [
      'of a version that makes no such directory',
      LEFT,
      { ...KILLED, version: parseVersion(bytes`Version: 3.15`) },
    ],
    ['that succeeded with a version that removes it', LEFT, { ...RUN, affected: false }],
    ['that succeeded, for anything but the leak', { ...LEFT, name: bytes`crtools-sys.aaaaaa` }, RUN],
    ['in /tmp, for what any run makes there', { ...LEFT, name: bytes`.criu.mntns.aaaaaa` }, RESTORE],
    ['for a name that is none of CRIU’s', { ...LEFT, name: bytes`mine.aaaaaa` }, KILLED],
  ])('does not take a run %s', (_, leftover, run) => {
    expect(attribute(leftover, [run])).toBeNull();
  });

  it.each([
    ['whose operation is not known', LEFT, { ...KILLED, operation: 'unknown' as const }],
    [
      'of an old version, for what that makes too',
      { ...LEFT, name: bytes`.criu.cgmounts.aaaaaa` },
      { ...KILLED, version: parseVersion(bytes`Version: 3.12`) },
    ],
    [
      'that works in /tmp, for what it makes in its work dir',
      { ...LEFT, parent: bytes`/tmp` },
      { ...KILLED, workDir: bytes`/tmp` },
    ],
  ])('takes a run %s', (_, leftover, run) => {
    expect(attribute(leftover, [run])).toBe('/w/dump.log');
  });

  it('takes a run of a build from git that may make such a directory', () => {
    const version = parseVersion(bytes`Version: 3.15 (gitid v3.15-400-g0123456)`);
    expect(attribute(LEFT, [{ ...KILLED, version, affected: null }])).toBe('/w/dump.log');
    expect(attribute(LEFT, [{ ...RUN, version, affected: null }])).toBe('/w/dump.log');
  });

  it('does not take a restore whose work dir is /tmp for one that made its directory there', () => {
    const leftover = { ...LEFT, name: bytes`crtools-proc.aaaaaa` };
    expect(
      attribute({ ...leftover, parent: bytes`/tmp` }, [{ ...RESTORE, workDir: bytes`/tmp` }]),
    ).toBeNull();
    expect(attribute(leftover, [RESTORE])).toBe('/w/restore.log');
  });

  it('says nothing where two runs fit', () => {
    const second: Run = { ...RUN, log: bytes`/w/pre-dump.log`, operation: 'pre-dump' };
    expect(attribute(LEFT, [RUN, second])).toBeNull();
    expect(attribute(LEFT, [RUN, { ...second, startedAtMs: 16_001 }])).toBe('/w/dump.log');
  });

  it('tells a dump from a restore in the same place and time', () => {
    expect(attribute(LEFT, [RUN, RESTORE])).toBe('/w/dump.log');
    expect(attribute({ ...LEFT, name: bytes`.criu.cgyard.aaaaaa` }, [RUN, RESTORE])).toBe('/w/restore.log');
  });

  it('says nothing where there is no run', () => expect(attribute(LEFT, [])).toBeNull());
});

describe('attribution by name', () => {
  const mntns: Leftover = { name: bytes`.criu.mntns.7pC3MN`, parent: bytes`/tmp`, mtimeMs: 1 };
  const named: Run = { ...RESTORE, names: [bytes`.criu.mntns.7pC3MN`] };

  it('holds wherever the directory is and whenever it was changed', () => {
    expect(attribute(mntns, [RUN, named])).toBe('/w/restore.log');
  });

  it('comes before time', () => {
    const second: Run = { ...KILLED, log: bytes`/w/pre-dump.log`, operation: 'pre-dump', names: [LEFT.name] };
    expect(attribute(LEFT, [RUN, second])).toBe('/w/pre-dump.log');
  });

  it('takes the log in the directory itself before a copy elsewhere', () => {
    const copy: Run = { ...KILLED, log: bytes`/v/criu-dump.log`, workDir: bytes`/v`, names: [LEFT.name] };
    expect(attribute(LEFT, [copy, { ...KILLED, names: [LEFT.name] }])).toBe('/w/dump.log');
  });

  it('says nothing where two logs elsewhere have it', () => {
    expect(
      attribute(mntns, [named, { ...named, log: bytes`/v/restore.log`, workDir: bytes`/v` }]),
    ).toBeNull();
  });

  it('takes the logs of single tasks for their run’s', () => {
    const task: Run = { ...named, log: bytes`/w/restore.log.305`, pid: 305 };
    expect(attribute(mntns, [named, task])).toBe('/w/restore.log');
    expect(attribute(mntns, [RESTORE, task])).toBe('/w/restore.log');
  });
});
