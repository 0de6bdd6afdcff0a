import { mkdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { reportOf } from '../../support/schema.ts';
import { list } from '../../support/tree.ts';
import { how, mkdtemp, runScript, startRun, workplace } from '../../support/workplace.ts';

const MAKE = mkdtemp('work');

beforeEach((context) => need(context, 'root', 'namespaces'));

describe('the report', () => {
  test.each([
    ['exit 7', { exitCode: 7, signal: null }],
    ['exit 0', { exitCode: 0, signal: null }],
    ['kill -KILL $$', { exitCode: null, signal: 'SIGKILL' }],
    ['kill -SEGV $$', { exitCode: null, signal: 'SIGSEGV' }],
  ])('tells of a command that does %j, how it ended and how long it ran', async (ending, end) => {
    const where = workplace();
    const script = `${MAKE}; sleep 0.2; ${ending}`;
    await startRun(['--report', 'r', '--work-dir', 'work', '--', 'sh', '-c', script], where).ended;
    const report = reportOf(readFileSync(`${where.dir}/r`));
    expect(report.command).toMatchObject({ argv: ['sh', '-c', script], ...end });
    expect(report.command?.durationMs).toBeGreaterThanOrEqual(200);
    expect(Date.parse(report.command?.startedAt ?? '')).toBeLessThan(Date.parse(report.startedAt));
    expect(report).toMatchObject({ exitCode: 0, interrupted: null, dryRun: false, summary: { removed: 1 } });
    expect(report.items[0]?.path).toMatch(new RegExp(`^${where.work}/`));
  });

  test.each([
    ['no-such-command', { exitCode: 127, signal: null, code: 'ENOENT', syscall: 'spawn' }],
    ['/etc/passwd', { exitCode: 126, signal: null, code: 'EACCES', syscall: 'spawn' }],
  ])('tells of %s that it could not be started, and why', async (command, end) => {
    const where = workplace();
    await startRun(['--report', 'r', '--', command, 'x'], where).ended;
    const report = reportOf(readFileSync(`${where.dir}/r`));
    expect(report.command).toMatchObject({ argv: [command, 'x'], ...end });
    expect(report.exitCode).toBe(0);
  });

  test('tells what the command’s status does not: that a removal failed', async () => {
    const where = workplace();
    const script = `mount -t tmpfs none work; ${MAKE}; mount -o remount,ro work; exit 4`;
    const args = ['--report', 'r', '--work-dir', 'work', '--', 'sh', '-c', script];
    const ended = await startRun(args, where).ended;
    expect(how(ended)).toBe('4');
    expect(ended.err).toMatch(/^failed \S+policy\.\w{6}: EROFS: read-only file system\n$/);
    const report = reportOf(readFileSync(`${where.dir}/r`));
    expect(report.items).toMatchObject([{ outcome: 'failed', code: 'EROFS', syscall: 'rmdir' }]);
    expect(report.exitCode).toBe(3);
  });

  test('that cannot be written is refused before the command is started', async () => {
    const where = workplace();
    for (const [file, why] of [
      ['no/where', 'ENOENT: no such file or directory'],
      ['work', 'is a directory: name a file'],
      ['', 'is empty: name a file'],
    ]) {
      const ended = await startRun(['--report', file ?? '', '--', 'touch', 'started'], where).ended;
      expect(how(ended)).toBe('2');
      expect(ended.err).toContain(`${why}; see criu-sweep run --help\n`);
    }
    expect(list(where.dir)).toEqual(['work']);
  });

  test('whose directory is gone in the end is said, and all is swept', async () => {
    const where = workplace();
    mkdirSync(`${where.dir}/reports`);
    const script = `${MAKE}; rmdir reports; exit 5`;
    const args = ['--report', 'reports/r', '--work-dir', 'work', '--', 'sh', '-c', script];
    const ended = await startRun(args, where).ended;
    expect(how(ended)).toBe('5');
    expect(ended.err).toMatch(
      /^criu-sweep: --report: reports\/r: .*ENOENT: no such file or directory\nremoved \S+\n$/,
    );
    expect(where.left()).toEqual([]);
  });

  test('goes to a descriptor too, beside what the command prints', async () => {
    const where = workplace();
    const args = ['--report', '/dev/stdout', '--work-dir', 'work', '--', 'sh', '-c', `${MAKE}; echo said`];
    const { out } = await startRun(args, where).ended;
    expect(out.startsWith('said\n')).toBe(true);
    expect(reportOf(out.slice('said\n'.length)).summary.removed).toBe(1);
  });
});

describe('on stderr is', () => {
  const OLD = 'mkdir -m 755 work/.criu.cgyard.mode01';
  const words = (options: string[], script: string) => {
    const where = workplace();
    return startRun([...options, '--work-dir', 'work', '--', 'sh', '-c', script], where).ended;
  };

  test('nothing, where nothing was left', async () => {
    const ended = await runScript('exit 1', workplace());
    expect({ out: ended.out, err: ended.err }).toEqual({ out: '', err: '' });
  });

  test('with -v also what was kept and why, and a summary', async () => {
    const { err } = await words(['-v'], `${MAKE}; ${OLD}`);
    const lines = err.trimEnd().split('\n').sort();
    expect(lines).toEqual([
      expect.stringMatching(/^criu-sweep: 1 removed, 1 kept \(1 mode\) in \d\.\d\d s$/),
      expect.stringMatching(/^kept \S+\.criu\.cgyard\.mode01: mode \(0755\)$/),
      expect.stringMatching(/^removed \S+policy\.\w{6}$/),
    ]);
  });

  test('with -q only what failed', async () => {
    expect((await words(['-q'], MAKE)).err).toBe('');
    const failing = `mount -t tmpfs none work; ${MAKE}; mount -o remount,ro work`;
    expect((await words(['-q'], failing)).err).toMatch(/^failed /);
  });

  test('colour, where it is asked for', async () => {
    expect((await words(['--color', 'always'], MAKE)).err).toMatch(/^\x1b\[32mremoved\x1b\[39m /);
    expect((await words([], MAKE)).err).toMatch(/^removed /);
  });
});
