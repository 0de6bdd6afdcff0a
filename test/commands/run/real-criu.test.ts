import { readFileSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { can, need } from '../../support/abilities.ts';
import { startProgram } from '../../support/command.ts';
import { withOwnTmp } from '../../support/own-tmp.ts';
import { reportOf } from '../../support/schema.ts';
import { how, startRun, type Workplace, workplace } from '../../support/workplace.ts';
import { after as inShell } from '../../support/wrap.ts';

/** Where criu finds no cache of its kernel probes, and so makes them all. */
const withoutCache = [...withOwnTmp(), ...inShell('mount -t tmpfs none /run')];

/** Where processes are closed to us, what CRIU mounts things on is kept; that is tested elsewhere. */
const options = (): string[] => (can('sight of every process') ? [] : ['--no-in-use']);

beforeEach((context) => need(context, 'root', 'namespaces', 'criu'));

/** What `criu` does without us, and then what it does below us: they end the same, and print the same. */
async function bothWays(argv: readonly string[], where: Workplace) {
  const alone = await startProgram(argv, { cwd: where.dir, wrap: withoutCache }).ended;
  const args = [...options(), '--report', 'report', '--', ...argv];
  const below = await startRun(args, where, { wrap: inShell('mount -t tmpfs none /run') }).ended;
  expect(how(below)).toBe(how(alone));
  return { alone, below, report: reportOf(readFileSync(`${where.dir}/report`)) };
}

test('criu says its version through us', async () => {
  const { alone, below } = await bothWays(['criu', '--version'], workplace());
  expect(alone.out).toMatch(/^Version: \d/);
  expect(below.out).toBe(alone.out);
  expect(below.err).toBe('');
});

test('a real dump ends below us as it does alone, and leaves nothing in its work dir', async () => {
  const where = workplace();
  const task = startProgram(['setsid', 'sleep', '60'], { timeoutMs: 600_000 });
  onTestFinished(async () => {
    task.kill('SIGKILL');
    await task.ended;
  });
  const dump = ['criu', 'dump', '-t', String(task.pid), '-D', 'work', '-o', 'dump.log', '-v4', '-R'];
  const { report } = await bothWays(dump, where);
  // It starts in our directory, and is seen there if it stays for two looks.
  const watched = report.targets.filter(({ path }) => path !== where.dir);
  expect(watched.map(({ path, status }) => `${path}: ${status}`)).toEqual(['work: swept', '/tmp: swept']);
  expect(report.command).toMatchObject({ argv: dump });
  expect(where.left()).toContain('dump.log');
  expect(where.left().filter((name) => /^(\.criu\.|crtools-|cr-)/.test(name))).toEqual([]);
});

test('a dump of a process that does not exist fails as CRIU fails', async () => {
  const where = workplace();
  const { below } = await bothWays(
    ['/usr/sbin/criu', 'dump', '-t', '4194303', '-Wwork', '-D', 'work'],
    where,
  );
  expect(how(below)).toBe('1');
});

test('a criu that is killed before it can remove what it made leaves nothing in /tmp', async (context) => {
  need(context, 'strace');
  const where = workplace();
  // SIGKILL at the first rmdir(2): at the end of the probe that mounts something on a directory in /tmp
  const killed = [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'inject=rmdir:error=EPERM:signal=KILL',
    'criu',
    'check',
  ];
  const left = 'ls -A /tmp >left; exit 0';
  const script = (argv: readonly string[]) => `${argv.join(' ')} >/dev/null 2>&1; ${left}`;
  await startProgram(['sh', '-c', script(killed)], { cwd: where.dir, wrap: withoutCache }).ended;
  const alone = names(where);
  if (alone.length === 0)
    console.warn(
      'criu ends on this kernel before it makes a directory in /tmp: that nothing is left is all we see',
    );
  const args = [...options(), '--report', 'report', '--', ...killed];
  const wrap = inShell('mount -t tmpfs none /run');
  const after = `"$@" 2>/dev/null; ${left}`;
  await startRun(args, where, { wrap: [...wrap, 'sh', '-c', after, 'sh'] }).ended;
  const report = reportOf(readFileSync(`${where.dir}/report`));
  expect(names(where)).toEqual([]);
  expect(report.summary.removed).toBe(alone.length);
});

/** What CRIU left in /tmp; the package may be mounted there too. */
function names({ dir }: Workplace): string[] {
  const found = readFileSync(`${dir}/left`, 'utf8').split('\n');
  return found.filter((name) => /^(\.criu\.|crtools-|cr-)/.test(name));
}
