import { existsSync, openSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { need } from '../support/abilities.ts';
import { program, run, start, startProgram } from '../support/command.ts';
import { makeMany } from '../support/hazards.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { handlesSignals } from '../support/processes.ts';
import { reportOf } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';
import { after, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root'));

/** A FIFO, beside a tree with a leftover. */
async function place(name = 'fifo'): Promise<{ fifo: string; work: string; leftover: string }> {
  const dir = scratch();
  const work = scratch();
  await program(['mkfifo', `${dir}/${name}`]);
  return { fifo: `${dir}/${name}`, work, leftover: plantLeftover(work) };
}

const quickly = { timeoutMs: 30_000 };

describe.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends the wait for a FIFO’s reader', (signal) => {
  test('--report: nothing has been removed yet', async () => {
    const { fifo, work, leftover } = await place();
    const running = start(['--report', fifo, work], quickly);
    await handlesSignals(running.pid);
    await sleep(300);
    running.kill(signal);
    const { signal: endedBy, err } = await running.ended;
    expect(endedBy).toBe(signal);
    expect(err).toMatch(/^criu-sweep: --report: .*fifo: cannot be written: ENXIO/m);
    expect(existsSync(leftover)).toBe(true);
  });

  test('--metrics: the sweep is done', async () => {
    const { fifo, work, leftover } = await place('x.prom');
    const running = start(['--metrics', fifo, work], quickly);
    await running.printed('stdout', /removed/);
    await sleep(300);
    running.kill(signal);
    const { signal: endedBy, err } = await running.ended;
    expect(endedBy).toBe(signal);
    expect(err).toMatch(/--metrics: .*ENXIO/);
    expect(existsSync(leftover)).toBe(false);
  });

  test('the step summary', async () => {
    const { fifo, work } = await place();
    const env = { GITHUB_STEP_SUMMARY: fifo };
    const running = start(['--format', 'github', work], { ...quickly, env });
    await handlesSignals(running.pid);
    await sleep(300);
    running.kill(signal);
    expect((await running.ended).signal).toBe(signal);
  });

  test('inspect --report', async () => {
    const { fifo, work } = await place();
    const running = start(['inspect', '--report', fifo, work], quickly);
    await handlesSignals(running.pid);
    await sleep(300);
    running.kill(signal);
    expect((await running.ended).signal).toBe(signal);
  });

  test('run --report: the command has ended, and ends us', async () => {
    const { fifo, work } = await place();
    const args = ['run', '--work-dir', work, '--report', fifo, '--', 'sh', '-c', `touch ${fifo}.ran; exit 7`];
    const running = start(args, quickly);
    await vi.waitFor(() => expect(existsSync(`${fifo}.ran`)).toBe(true), 20_000);
    await sleep(500);
    running.kill(signal);
    const { code, err } = await running.ended;
    expect(code).toBe(7);
    expect(err).toMatch(/--report: .*ENXIO/);
  });
});

test('--max-runtime ends the wait too', async () => {
  const { fifo, work, leftover } = await place();
  const { code, err } = await run(['--max-runtime', '500ms', '--report', fifo, work], quickly);
  expect(code).toBe(3);
  expect(err).toMatch(/--report: .*ENXIO/);
  expect(existsSync(leftover)).toBe(true);
});

/** Waits until the sweep has removed some of a directory's entries, and then none for a second. */
async function standsStill(dir: string): Promise<void> {
  const all = readdirSync(dir).length;
  for (let last = -1, now = all; now !== last || now === all; now = readdirSync(dir).length) {
    last = now;
    await sleep(1000);
  }
}

test.each([
  'SIGTERM',
  'SIGINT',
] as const)('a FIFO whose reader stalls: %s ends the wait, once', async (signal) => {
  const { fifo } = await place();
  const tree = scratch();
  await makeMany('leftovers', tree, 6000);
  const reader = startProgram(['sh', '-c', `exec 3<${quoted(fifo)}; exec sleep 60`]);
  const running = start(['-q', '--report', fifo, tree], { timeoutMs: 60_000 });
  await standsStill(tree);
  running.kill(signal);
  const { signal: endedBy, err } = await running.ended;
  reader.kill('SIGKILL');
  expect(endedBy).toBe(signal);
  expect(err).toMatch(/--report .*fifo: EAGAIN/);
});

test('a reader that comes late gets the whole report; the sweep waits for it', async () => {
  const { fifo, work, leftover } = await place();
  const running = start(['-q', '--report', fifo, work]);
  await sleep(700);
  expect(existsSync(leftover)).toBe(true);
  const reader = startProgram(['cat', fifo]);
  expect(await running.ended).toMatchObject({ code: 0, err: '' });
  expect(reportOf((await reader.ended).stdout).summary.removed).toBe(1);
});

test('old metrics of 3 GB, and a FIFO that is read: neither is read into memory', async () => {
  const [dir, work] = [scratch(), scratch()];
  plantLeftover(work);
  writeFileSync(`${dir}/x.prom`, '');
  truncateSync(`${dir}/x.prom`, 3 * 2 ** 30);
  const { code, err } = await run(['-q', '--metrics', `${dir}/x.prom`, work, `${work}/missing`]);
  expect({ code, bug: /bug/.test(err) }).toEqual({ code: 3, bug: false });
  expect(list(work)).toEqual([]);
  expect(readdirSync(dir)).toEqual(['x.prom']);
});

test('a step summary that is a link of another user’s, or a second name of a file, is not written to', async (context) => {
  need(context, 'setpriv');
  const [shared, work, mine] = [scratch(), scratch(), scratch()];
  writeFileSync(`${mine}/precious`, 'precious');
  await program(['chmod', '1777', shared]);
  await program(['ln', '-s', `${mine}/precious`, `${shared}/a`], {
    wrap: ['setpriv', '--reuid=65534', '--clear-groups', '--'],
  });
  await program(['ln', `${mine}/precious`, `${shared}/b`]);
  for (const name of ['a', 'b']) {
    plantLeftover(work);
    const env = { GITHUB_STEP_SUMMARY: `${shared}/${name}` };
    const { code, err } = await run(['--format', 'github', work], { env });
    expect({ name, code }).toEqual({ name, code: 3 });
    expect(err).toMatch(/^criu-sweep: \$GITHUB_STEP_SUMMARY .*: is not (followed|written to)/m);
    expect(list(work)).toEqual([]);
  }
  expect((await program(['cat', `${mine}/precious`])).out).toBe('precious');
});

describe('descriptors', () => {
  test.each([
    3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 17, 18, 19, 40,
  ])('of Node’s own, or not open: %i is refused', async (fd) => {
    const { work, leftover } = await place();
    for (const name of [`/dev/fd/${fd}`, `/dev/fd/../fd/${fd}`, `/proc/thread-self/fd/${fd}`]) {
      const { code, err, signal } = await run(['--report', name, work], quickly);
      expect({ name, code, signal }).toEqual({ name, code: 2, signal: null });
      expect(err).toMatch(/^criu-sweep: --report: [^\n]*\n$/);
    }
    expect(existsSync(leftover)).toBe(true);
  });

  test.each([
    '/dev/fd/9',
    '/proc/self/fd/9',
    '/dev/fd/../fd/9',
    '/proc/thread-self/fd/9',
    '//dev/./fd/9',
  ])('one that was inherited is written to as it is: %s', async (name) => {
    const { work } = await place();
    const out = `${scratch()}/out`;
    const wrap = ['sh', '-c', `echo before > ${quoted(out)}; exec "$@" 9>>${quoted(out)}`, 'sh'];
    expect(await run(['-q', '--report', name, work], { wrap })).toMatchObject({ code: 0, err: '' });
    const { out: text } = await program(['cat', out]);
    expect(text.startsWith('before\n')).toBe(true);
    expect(reportOf(text.slice('before\n'.length)).summary.removed).toBe(1);
  });

  test('by our own number, and by a link', async () => {
    const { work } = await place();
    const dir = scratch();
    const wrap = [
      'sh',
      '-c',
      `ln -s /proc/$$/fd/5 ${quoted(dir)}/link; exec "$@" 5>${quoted(dir)}/out`,
      'sh',
    ];
    expect(await run(['-q', '--report', `${dir}/link`, work], { wrap })).toMatchObject({ code: 0, err: '' });
    expect(reportOf((await program(['cat', `${dir}/out`])).out).summary.removed).toBe(1);
  });

  test('one that was inherited for reading is refused', async () => {
    const { work, leftover } = await place();
    const { code, err } = await run(['--report', '/dev/fd/9', work], { wrap: after('exec 9</etc/passwd') });
    expect(code).toBe(2);
    expect(err).toMatch(/descriptor 9 is not open for writing/);
    expect(existsSync(leftover)).toBe(true);
  });

  test('a pipe to another process', async () => {
    const { work } = await place();
    const out = `${scratch()}/out`;
    const wrap = ['bash', '-c', `"$@" 8> >(cat > ${quoted(out)}); wait $!`, 'bash'];
    expect(await run(['-q', '--report', '/dev/fd/8', work], { wrap })).toMatchObject({ code: 0, err: '' });
    expect(reportOf((await program(['cat', out])).out).summary.removed).toBe(1);
  });

  test('of another process: its pipe is written to, its file is not', async () => {
    const { work } = await place();
    const dir = scratch();
    const fd = openSync(`${dir}/f`, 'w');
    const file = await run(['-n', '-q', '--report', `/proc/${process.pid}/fd/${fd}`, work]);
    expect(file).toMatchObject({ code: 2 });
    const wrap = [
      'bash',
      '-c',
      `exec 8> >(cat > ${quoted(dir)}/out); "$@" 8>&-; end=$?; exec 8>&-; wait $!; exit $end`,
      'bash',
    ];
    const pid = ['sh', '-c', 'exec "$@" --report /proc/$PPID/fd/8', 'sh'];
    expect(await run(['-q', work], { wrap: [...wrap, ...pid] })).toMatchObject({ code: 0, err: '' });
    expect(reportOf((await program(['cat', `${dir}/out`])).out).summary.removed).toBe(1);
  });
});

describe('--report -', () => {
  test('is stdout where that shows nothing else', async () => {
    const { work } = await place();
    const { code, out } = await run(['-n', '-q', '--report', '-', work]);
    expect(code).toBe(0);
    expect(reportOf(out).summary.wouldRemove).toBe(1);
  });

  test('is what --json shows anyway, once', async () => {
    const { work } = await place();
    const { code, out } = await run(['--json', '--report', '-', work]);
    expect(code).toBe(0);
    expect(reportOf(out).summary.removed).toBe(1);
  });

  test.each([
    ['text', []],
    ['ndjson', ['--format', 'ndjson']],
    ['github', ['--format', 'github', '-q']],
  ])('is refused with %s', async (_, args) => {
    const { work, leftover } = await place();
    const { code, out, err } = await run([...args, '--report', '-', work], { cwd: work });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^criu-sweep: --report: -: is stdout, which shows something else/);
    expect(existsSync(leftover)).toBe(true);
    expect(readdirSync(work)).toHaveLength(1);
  });

  test('of run is refused: stdout is the command’s', async () => {
    const { work } = await place();
    const args = ['run', '--work-dir', work, '--report', '-', '--', 'touch', `${work}/ran`];
    expect(await run(args, { cwd: work })).toMatchObject({ code: 2, out: '' });
    expect(existsSync(`${work}/ran`)).toBe(false);
  });

  test('of inspect is stdout with -q, and refused without', async () => {
    const { work } = await place();
    const quiet = await run(['inspect', '-q', '--report', '-', work]);
    expect(quiet.code).toBe(0);
    expect(JSON.parse(quiet.out)).toMatchObject({ schemaVersion: 1, exitCode: 0 });
    expect(await run(['inspect', '--report', '-', work])).toMatchObject({ code: 2, out: '' });
  });

  test('a file of that name is ./-', async () => {
    const { work } = await place();
    const dir = scratch();
    expect(await run(['-n', '-q', '--report', './-', work], { cwd: dir })).toMatchObject({
      code: 0,
      out: '',
    });
    expect(readdirSync(dir)).toEqual(['-']);
  });
});

test.each([
  'x.txt',
  'x.prom.tmp',
  'x.PROM',
  '-',
  '/dev/stdout',
  'prom',
  '.prom',
])('--metrics %s is refused: node_exporter reads *.prom alone', async (name) => {
  const { work, leftover } = await place();
  const { code, err, out } = await run(['--metrics', name, work], { cwd: scratch() });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^criu-sweep: --metrics: .*reads \*\.prom alone.*\n$/);
  expect(existsSync(leftover)).toBe(true);
});
