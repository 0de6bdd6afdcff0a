import { fstatSync, openSync, readFileSync } from 'node:fs';
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
