import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { plantLeftover, plantMany } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';
import { pipedInto } from '../support/wrap.ts';

test.each([
  ['text'],
  ['json'],
  ['ndjson'],
])('a closed pipe ends %s quietly, and the sweep goes on', async (format) => {
  const dir = scratch(MEMORY);
  plantMany(dir, 5000);
  const report = `${scratch()}/r`;
  const args = ['--format', format, '--report', report, dir];
  const { code, out, err } = await run(args, { wrap: pipedInto('head -c 20') });
  expect(code).toBe(0);
  expect(out).toHaveLength(20);
  expect(err).not.toMatch(/EPIPE|rror/);
  expect(list(dir)).toEqual([]);
  expect(reportOf(readFileSync(report))).toMatchObject({ exitCode: 0, summary: { removed: 5000 } });
});

test('a reader that was never there is a closed pipe too', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, err } = await run(['-n', dir], { wrap: pipedInto('true') });
  expect([0, 3]).toContain(code);
  expect(code, err).toBe(0);
});

test.each([
  ['text'],
  ['json'],
  ['ndjson'],
])('a full disk under %s is said, exit 3, and the sweep is done', async (format) => {
  const dir = scratch(MEMORY);
  plantMany(dir, 5000);
  const report = `${scratch()}/r`;
  const { code, err } = await run(['--format', format, '--report', report, dir], { stdout: '/dev/full' });
  expect(code).toBe(3);
  expect(err).toMatch(/^criu-sweep: stdout: ENOSPC: no space left on device$/m);
  expect(list(dir)).toEqual([]);
  expect(reportOf(readFileSync(report)).summary.removed).toBe(5000);
});

test('a small output that finds the disk full is exit 3 as well', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, err } = await run([dir], { stdout: '/dev/full' });
  expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('ENOSPC') });
  expect(list(dir)).toEqual([]);
});

test('a report to /dev/full is exit 3 and said', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, out, err } = await run(['--report', '/dev/full', dir]);
  expect(code).toBe(3);
  expect(out).toMatch(/^removed /);
  expect(err).toMatch(/--report \/dev\/full: ENOSPC/);
});

test('messages that nobody can hear do not stop a sweep, nor crash it', async () => {
  for (const stderr of ['/dev/full', undefined]) {
    const dir = scratch();
    plantLeftover(dir);
    const closed = ['sh', '-c', 'exec "$@" 2>&-', 'sh'];
    const options = stderr === undefined ? { wrap: closed } : { stderr };
    const { code, signal } = await run([dir, `${dir}/missing`], options);
    expect({ code, signal }).toEqual({ code: 3, signal: null });
    expect(list(dir)).toEqual([]);
    expect((await run(['--nonsense'], options)).code).toBe(2);
  }
});

test('--help and --version into a closed pipe are well, and onto a full disk are exit 3', async () => {
  for (const flag of ['--help', '--version', 'help']) {
    const closed = await run([flag], { wrap: pipedInto('true') });
    expect({ flag, err: closed.err }).toEqual({ flag, err: '' });
    const full = await run([flag], { stdout: '/dev/full' });
    expect({ flag, code: full.code, err: full.err }).toEqual({
      flag,
      code: 3,
      err: 'criu-sweep: stdout: ENOSPC: no space left on device\n',
    });
  }
});
