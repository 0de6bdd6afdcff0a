import { chownSync, mkdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { asUser } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'setpriv'));

/** A directory with a leftover of each of these users. */
function place(...owners: readonly number[]): string {
  const dir = scratch();
  for (const owner of owners) chownSync(plantLeftover(dir), owner, owner);
  return dir;
}

test.each([
  ['text', []],
  ['json', ['--json']],
  ['ndjson', ['--format', 'ndjson']],
  ['github', ['--format', 'github']],
  ['dry text', ['-n']],
  ['check', ['--check']],
])('a user who is not root over root’s leftovers: one line, as %s, exit 0', async (_, args) => {
  const { code, err } = await run([...args, place(0, 0, 0)], { wrap: asUser(1234) });
  expect(code).toBe(0);
  expect(err.split('\n')[0]).toBe('criu-sweep: kept 3 directories of uid 0 (root): run this as root');
  expect(err.split('\n').length).toBe(2);
});

test.each([
  [[1234], 0, 'kept 1 directory of uid 1234: say --owner 1234'],
  [[1234], 4321, 'kept 1 directory of uid 1234: run this as that user, or as root with --owner 1234'],
  [[1234, 1235], 0, 'kept 2 directories of uid 1234 and uid 1235: say --owner any'],
  [[0, 1235], 4321, 'kept 2 directories of uid 0 (root) and uid 1235: run this as root with --owner any'],
  [[1, 2, 3, 4, 5], 0, 'kept 5 directories of uid 1, uid 2, uid 3 and others: say --owner any'],
])('leftovers of %j, swept by %i', async (owners, caller, says) => {
  const wrap = caller === 0 ? [] : asUser(caller);
  expect(await run([place(...owners)], { wrap })).toMatchObject({
    code: 0,
    out: '',
    err: `criu-sweep: ${says}\n`,
  });
});

test('not with -q, not where something is removed, not where something is kept for another reason, not for nothing', async () => {
  expect(await run(['-q', place(1234)])).toMatchObject({ code: 0, err: '' });
  expect((await run([place(0, 1234)])).err).toMatch(/^criu-sweep: 1 removed, 1 kept \(1 owner\)[^\n]*\n$/);
  const young = place(1234);
  mkdirSync(`${young}/.criu.temp-aa-policy.abcdef`, { mode: 0o700 });
  expect(await run([young])).toMatchObject({ code: 0, err: '' });
  expect(await run([scratch()])).toMatchObject({ code: 0, err: '' });
  expect(await run(['--older-than', '1d', place(1234)])).toMatchObject({ code: 0, err: '' });
});

test('inspect, which shows them, does not say it', async () => {
  expect((await run(['inspect', '--older-than', '1h', place(1234)])).err).toBe('');
});

test('run says it of what its command left to another user', async () => {
  const dir = scratch();
  const script = `mkdir -m 700 ${dir}/.criu.temp-aa-policy.abcdef; chown 1234 ${dir}/.criu.temp-aa-policy.abcdef`;
  const { code, err } = await run(['run', '--work-dir', dir, '--', 'sh', '-c', script]);
  expect({ code, err }).toEqual({
    code: 0,
    err: 'criu-sweep: kept 1 directory of uid 1234: say --owner 1234\n',
  });
});
