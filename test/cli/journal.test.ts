import { fstatSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';

beforeEach((context) => need(context, 'root'));

/** A file that stands for the journal's stream: what $JOURNAL_STREAM names is a device and an inode. */
function stream(): { path: string; env: { JOURNAL_STREAM: string }; lines: () => string[] } {
  const path = `${scratch()}/stream`;
  const { dev, ino } = fstatSync(openSync(path, 'w'), { bigint: true });
  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n');
  return { path, env: { JOURNAL_STREAM: `${dev}:${ino}` }, lines };
}

test('in the journal errors, warnings and the rest bear their priorities, results none', async () => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  const { path, env, lines } = stream();
  const swept = await run([dir, `${dir}/missing`], { env, stderr: path });
  expect(swept).toMatchObject({ code: 3, out: `removed ${leftover}\n` });
  expect(lines()).toEqual([
    expect.stringMatching(/^<3>criu-sweep: .*missing: ENOENT/),
    expect.stringMatching(/^<4>criu-sweep: 1 removed, .*1 not looked at/),
  ]);
});

test('a summary of a good run is information', async () => {
  const { path, env, lines } = stream();
  await run(['-v', scratch()], { env, stderr: path });
  expect(lines()).toEqual([expect.stringMatching(/^<6>criu-sweep: 0 removed/)]);
});

test('wrong usage is an error in the journal too', async () => {
  const { path, env, lines } = stream();
  expect(await run(['--every', 'x', '/tmp'], { env, stderr: path })).toMatchObject({ code: 2 });
  expect(lines()).toEqual([expect.stringMatching(/^<3>criu-sweep: --every: /)]);
});

test.each(['0:0', '', 'x', '1:2:3'])('no priorities where stderr is not that stream: %j', async (other) => {
  const { err } = await run(['-v', scratch()], { env: { JOURNAL_STREAM: other } });
  expect(err).toMatch(/^criu-sweep: 0 removed/);
});

test.each([
  ['run of what is not there', ['run', '--', '/no/such/command'], 127],
  ['run whose report is lost', ['run', '--report', '/dev/full', '--', 'true'], 0],
  ['completion that cannot be printed', ['completion', 'bash'], 3],
  ['doctor that cannot be printed', ['doctor'], 3],
  ['schedule that cannot be printed', ['schedule', 'cron', '--', '/var/tmp'], 3],
  ['inspect that cannot be printed', ['inspect', '--json', '/var/tmp'], 3],
  ['a sweep that cannot be printed', ['--json', '/var/tmp'], 3],
])('every line bears a priority: %s', async (_, args, status) => {
  const { path, env, lines } = stream();
  expect(await run(args, { env, stderr: path, stdout: '/dev/full' })).toMatchObject({ code: status });
  expect(lines().length).toBeGreaterThan(0);
  for (const line of lines()) expect(line).toMatch(/^<[346]>(criu-sweep|failed)/);
  expect(lines().join('\n')).toMatch(/^<3>/m);
});

test.each([
  ['sweep', (link: string, dir: string) => ['--report', link, dir]],
  ['inspect', (link: string, dir: string) => ['inspect', '--report', link, dir]],
  ['run', (link: string) => ['run', '--report', link, '--', 'true']],
  ['run of a name', (link: string) => ['run', '--', `${link}/not-there`]],
  ['usage', (link: string, dir: string) => ['--report', `${link}/x`, dir]],
  ['schedule', (link: string) => ['schedule', 'cron', '--output-dir', link, '--', '/var/tmp']],
])('no escape sequence of a file’s name reaches the terminal: %s', async (_, args) => {
  const dir = scratch();
  symlinkSync('/dev/full', `${dir}/a\x1b[31mb`);
  const { err } = await run(args(`${dir}/a\x1b[31mb`, scratch()));
  expect(err).not.toContain('\x1b');
  expect(err).toContain('a\\x1b[31mb');
});
