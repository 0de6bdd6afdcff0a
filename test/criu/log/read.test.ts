import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEAR_END, readLog } from '../../../src/criu/log/read.ts';
import { asBytes, bytes } from '../../../src/linux/bytes.ts';
import { fixture, tell, told } from './fixtures.ts';

const REAL = [
  'dump-ok-3.16.1/dump.log',
  'dump-failed-3.16.1/dump.log',
  'dump-killed-3.17.1/dump.log',
  'restore-ok-3.17.1/restore.log',
];

describe('what a log tells', () => {
  it('is the closing line, which need not be the last', () => {
    expect(told(fixture('restore-ok-3.17.1/restore.log')).closing).toEqual({
      operation: 'restore',
      outcome: 'succeeded',
    });
  });

  it('is the later of two closing lines', () => {
    expect(told(fixture('made-dump-lazy-failed-3.12/dump.log')).closing).toEqual({
      operation: 'dump',
      outcome: 'failed',
    });
  });

  it('is the first error, and FAILED only where there is no other', () => {
    expect(told(fixture('dump-failed-3.16.1/dump.log')).firstError).toEqual({
      message: 'unix: External socket is used. Consider using --ext-unix-sk option.',
      source: 'criu/sk-unix.c:864',
    });
    expect(told(asBytes('Error (criu/cr-dump.c:1781): Dumping FAILED.\n')).firstError).toEqual({
      message: 'Dumping FAILED.',
      source: 'criu/cr-dump.c:1781',
    });
    expect(told(asBytes('Error (a.c:1): Dumping FAILED.\nError (b.c:2): why\n')).firstError?.source).toBe(
      'b.c:2',
    );
  });

  it.each([
    ['made-restore-pie-2.12/restore.log', 'criu/pie/restorer.c:1101'],
    ['made-pre-dump-run-id-4.2/web.log-20261101', 'gpu_plugin.c:77'],
    ['made-dump-probes-3.13/dump.log', '/build/criu-3.13/criu/tty.c:377'],
    ['made-restore-busy-3.17/sine.log', 'criu/mount.c:2386'],
    ['made-dump-crac-3.17.1/dump4.log', undefined],
    ['made-lazy-pages-cut-4.1/lazy-pages.log', undefined],
  ])('is the first error that matters in %s', (log, source) => {
    expect(told(fixture(log)).firstError?.source).toBe(source);
  });

  it('is a probe’s error only where there is no other', () => {
    const tells = (log: string) => told(asBytes(log));
    const probe = 'Error (criu/tun.c:85): tun: Unable to create tun: x\n';
    expect(tells(probe).firstError?.source).toBe('criu/tun.c:85');
    expect(tells(`${probe}Error (criu/a.c:1): x\n`).firstError?.source).toBe('criu/a.c:1');
    expect(tells(`${probe}${'(00.000002) y\n'.repeat(NEAR_END)}`).firstError).toBeNull();
    expect(tells(`${probe}Error (criu/cr-dump.c:1): Dumping FAILED.\n`).firstError?.source).toBe(
      'criu/tun.c:85',
    );
  });

  it('is the time of the last line that has one, also beyond 100 s', () => {
    expect(told(fixture('dump-ok-3.16.1/dump.log')).lastStampMs).toBeCloseTo(1344.596);
    expect(told(fixture('made-dump-long-3.15/dump.log')).lastStampMs).toBeCloseTo(1_000_987.65);
    expect(told(fixture('dump-ok-3.16.1-quiet/dump.log'))).toMatchObject({
      stamped: false,
      lastStampMs: null,
    });
    expect(told(asBytes('(00.000100) x\n(4294967295 y\n'))).toMatchObject({
      stamped: true,
      lastStampMs: null,
    });
  });

  it('is the version', () => {
    expect(told(fixture('dump-ok-3.16.1/dump.log')).version?.text).toBe('3.16.1');
    expect(told(fixture('made-restore-early-4.2/restore.log')).version).toMatchObject({
      text: '4.2',
      gitId: 'v4.2-3-gdeadbee',
    });
    expect(told(fixture('made-dump-ok-0.5/dump.log')).version).toBeNull();
  });

  it('is whether it ends with an error', () => {
    const followedBy = (lines: number) => `(00.000001) Error (a.c:1): x\n${'(00.000002) y\n'.repeat(lines)}`;
    expect(told(asBytes(followedBy(NEAR_END - 1))).errorNearEnd).toBe(true);
    expect(told(asBytes(followedBy(NEAR_END))).errorNearEnd).toBe(false);
    expect(told(asBytes(`(00.000001) Error (a.c:1): x\n${'y\n'.repeat(NEAR_END)}`)).errorNearEnd).toBe(false);
    expect(told(asBytes('(00.000001) x\n(00.000002) Error (criu/cr-du')).errorNearEnd).toBe(true);
  });

  it.each([
    [
      'made-restore-killed-3.17/restore.log',
      ['.criu.cgyard.Rf7Lq2', '.criu.mntns.zP4w9K', 'crtools-proc.t6YbN0'],
    ],
    ['made-restore-ok-1.3/restore.log', ['.criu.cgyard.q3ZkT1', 'crtools-proc.Bh20aF', '.criu.mntns.Xd81mQ']],
    ['made-dump-killed-named-3.17/dump.log', ['crtools-sys.0aB9zZ', '.criu.temp-aa-policy.k2Vd0s']],
    ['restore-ok-3.17.1/restore.log', ['.criu.mntns.7pC3MN']],
    ['dump-ok-3.16.1/dump.log', []],
    ['made-restore-busy-3.17/sine.log', ['.criu.mntns.Qw7xYz', 'cr-tmpfs.uWm3pe']],
  ])('is the directories CRIU names in %s', (log, names) => {
    expect(told(fixture(log)).names).toEqual(names);
  });

  it('is the same wherever the chunks are cut', () => {
    for (const log of REAL.map(fixture)) {
      const whole = told(log);
      for (const size of [1, 7, 100, 4096]) expect(tell(log, size)).toEqual(whole);
    }
  });

  it('is told of whatever is left of a real log that was cut anywhere', () => {
    const logs = REAL.map(fixture);
    fc.assert(
      fc.property(fc.constantFrom(...logs), fc.double({ min: 0, max: 1, noNaN: true }), (log, part) => {
        const cut = log.slice(0, 12 + Math.floor(part * (log.length - 12)));
        expect(told(cut).stamped || cut.length < 13).toBe(true);
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw).toString('latin1')),
      fc.constantFrom(
        '(00.000001) ',
        'Error (criu/x.c:1): ',
        'Dumping FAILED.',
        '\n',
        'Version: ',
        '.criu.mntns.aaaaaa/',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const reader = readLog();
        for (const bytes of pieces) reader.chunk(asBytes(bytes));
        const it = reader.finish();
        expect(it === null || it.names.length <= 64).toBe(true);
      }),
    );
  });

  it('stays bounded when a forged log names a thousand directories', () => {
    const reader = readLog();
    for (let i = 0; i < 1000; i += 1) {
      const name = String(i).padStart(6, '0');
      reader.chunk(asBytes(`rmrf: removing .criu.temp-aa-policy.${name}\nError (a.c:1): x\n`));
    }
    expect(reader.finish()?.names).toHaveLength(64);
  });

  it('is read past a gap', () => {
    const log = fixture('dump-failed-3.16.1/dump.log');
    const reader = readLog();
    reader.chunk(log.slice(0, 100));
    reader.gap();
    reader.chunk(log.slice(-600));
    expect(reader.finish()).toMatchObject({
      version: { text: '3.16.1' },
      closing: { operation: 'dump', outcome: 'failed' },
      firstError: { source: 'criu/sk-unix.c:864' },
    });
  });
});

describe('a log that several runs were appended to', () => {
  const version = (gitId: string) => `Version: 3.16.1 (gitid ${gitId})\n`;
  const FAILED =
    '(00.000300) Error (criu/a.c:1): first\n(00.000400) Error (criu/cr-dump.c:1): Dumping FAILED.\n';
  const RUN = `(00.000100) ${version('v1')}(00.000200) Dumping processes (pid: 7)\n${FAILED}`;

  it('tells of the last one', () => {
    expect(
      told(asBytes(`${RUN}(00.000050) ${version('v2')}(00.000060) Preparing cgroups yard\n`)),
    ).toMatchObject({
      version: { gitId: 'v2' },
      operation: 'restore',
      closing: null,
      firstError: null,
      errorNearEnd: false,
      lastStampMs: 0.06,
    });
    expect(told(asBytes(`${RUN}${RUN.replace('v1', 'v2').replace('a.c', 'b.c')}`))).toMatchObject({
      version: { gitId: 'v2' },
      operation: 'dump',
      closing: { operation: 'dump', outcome: 'failed' },
      firstError: { source: 'criu/b.c:1' },
    });
  });

  it('tells of the last one at a level without time stamps too', () => {
    expect(told(asBytes(`${RUN}${version('v2')}Warn  (criu/a.c:1): x\n`))).toMatchObject({
      version: { gitId: 'v2' },
      stamped: false,
      lastStampMs: null,
      closing: null,
    });
  });

  it('names the directories of all', () => {
    const removing = (name: string) => `(00.000500) rmrf: removing ${name}\n`;
    const log = `${RUN}${removing('.criu.temp-aa-policy.aaaaaa')}${RUN}${removing('.criu.temp-aa-policy.bbbbbb')}`;
    expect(told(asBytes(log)).names).toEqual(['.criu.temp-aa-policy.aaaaaa', '.criu.temp-aa-policy.bbbbbb']);
  });

  it.each([
    ['said its version', version('v1')],
    ['only did something', '(00.000200) Dumping processes (pid: 7)\n'],
    ['only ended', 'Worker(pid 7) was killed by 9: Killed\n'],
  ])('begins another after one that %s', (_, before) => {
    const [error, next] = ['Error (criu/a.c:1): x\n', `${version('v2')}Warn  (criu/a.c:1): y\n`];
    expect(told(asBytes(`${before}${error}${next}`))).toMatchObject({
      version: { gitId: 'v2' },
      operation: 'unknown',
      closing: null,
      firstError: null,
      errorNearEnd: false,
    });
  });

  it('begins none with its first version, which errors may stand before', () => {
    const log = `Error (criu/a.c:1): x\n(00.000100) ${version('v1')}`;
    expect(told(asBytes(log))).toMatchObject({ firstError: { source: 'criu/a.c:1' }, errorNearEnd: true });
  });

  it.each([
    ['within a text', '(00.000500) The log of before: Version: 3.17 (gitid v2)\n'],
    ['without its commit', '(00.000500) Version: 3.17\n'],
    ['with its commit alone', '(00.000500) Built from (gitid v2)\n'],
    ['by another’s end', '(00.000500) x (gitid v2) Version: \n'],
  ])('begins none with a version %s', (_, line) => {
    expect(told(asBytes(`${RUN}${line}`))).toMatchObject({
      version: { gitId: 'v1' },
      operation: 'dump',
      closing: { operation: 'dump', outcome: 'failed' },
      firstError: { source: 'criu/a.c:1' },
    });
  });
});

describe('telling a log of CRIU from other files', () => {
  it.each([
    'made-not-criu-pg/dump.log',
    'made-not-criu-mongo/restore.log',
    'made-not-criu-binary/criu.log',
  ])('%s is none', (log) => expect(tell(fixture(log))).toBeNull());

  it.each([
    'made-cut-first-line/dump.log',
    'made-zero-filled/dump.log',
    'made-dump-failed-0.5-quiet/dump.log',
  ])('%s is one', (log) => expect(tell(fixture(log))?.empty).toBe(false));

  it.each([
    '(00',
    '(00.',
    '(00.12',
    '(00.123456)',
    'Error (criu/cr-',
    'Warn  (compel/x',
    'Error (cr-dump',
  ])('%s is one that was cut within its first line', (log) => {
    expect(tell(asBytes(log))).not.toBeNull();
  });

  it.each([
    ...['(00 x', 'x(00.12', '(00.12x', '(0', 'x Error (criu/cr-', 'Error (x/cr-', 'abc\n', '(00.123456)\n'],
    ...['pg_dump: x\n(00.12', '(00)\n', 'abc\n(00.12'],
  ])('%j is none', (log) => {
    expect(tell(asBytes(log))).toBeNull();
  });

  it('is one by a closing line alone', () => {
    expect(tell(asBytes('Worker(pid 7) was killed by 9: Killed\n'))).toMatchObject({
      closing: { outcome: 'cut-off' },
    });
  });

  it('an empty one may be one', () => {
    expect(tell(bytes``)?.empty).toBe(true);
    expect(tell(asBytes('\0\0\0\n \n'))?.empty).toBe(true);
  });

  it('is possible before the end', () => {
    const reader = readLog();
    reader.chunk(asBytes('pg_dump: reading extensions\n'));
    expect([reader.recognised(), reader.isOther()]).toEqual([false, true]);
    reader.chunk(asBytes('(00.000001) Version: 3.17\n'));
    expect([reader.recognised(), reader.isOther()]).toEqual([true, false]);
    expect(readLog().isOther()).toBe(false);
  });
});
