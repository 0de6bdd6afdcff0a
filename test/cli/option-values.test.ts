import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { expectRefused } from '../support/refused.ts';
import type { Report } from '../support/schema.ts';
import { scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';

const policyOf = async (...args: string[]): Promise<Report['policy']> =>
  (await sweep(['-n', ...args, scratch()])).report.policy;
const [HOUR, DAY] = [3_600_000, 86_400_000];

test('the policy in the report is what the options say', async () => {
  const one = ['--older-than', '1h30m', '--mode', '700', '--owner', 'root', '--max-depth', '2'];
  expect(await policyOf(...one, '--age-by', 'newest')).toMatchObject({
    ...{ olderThanMs: 1.5 * HOUR, mode: '0700', owner: 0, maxDepth: 2, ageBy: 'newest' },
  });
  const other = ['--older-than=36500d', '--mode=any', '--owner=any', '--max-depth=100000'];
  expect(await policyOf(...other, '--age-by=birthtime')).toMatchObject({
    ...{ olderThanMs: 36_500 * DAY, mode: null, owner: null, maxDepth: 100_000, ageBy: 'birthtime' },
  });
  const odd = ['--older-than', '0s', '--mode', '0', '--owner', '4000000000', '--age-by', 'ctime'];
  expect(await policyOf(...odd)).toMatchObject({
    ...{ olderThanMs: 0, mode: '0000', owner: 4_000_000_000, ageBy: 'ctime' },
  });
});

test.each([
  ['--older-than', '', /--older-than/],
  ['--older-than', '60', /--older-than/],
  ['--older-than', '-1h', /--older-than/],
  ['--older-than', '1h\n', /--older-than/],
  ['--mode', '', /--mode/],
  ['--mode', '0700,0777', /--mode/],
  ['--owner', '-n', /--owner/],
  ['--owner', '$(id)', /--owner/],
  ['--max-depth', '0', /--max-depth/],
  ['--prefix', '', /--prefix/],
  ['--prefix', 'a/b', /--prefix/],
  ['--age-by', '', /--age-by.*mtime.*ctime.*birthtime.*newest/],
  ['--age-by', 'atime', /--age-by.*mtime.*ctime.*birthtime.*newest/],
  ['--format', '', /--format.*text.*json.*ndjson/],
  ['--format', 'JSON', /--format.*text.*json.*ndjson/],
  ['--color', '', /--color.*auto.*always.*never/],
  ['--color', 'AUTO', /--color.*auto.*always.*never/],
  ['--max-runtime', '0', /--max-runtime/],
])('%s=%j is refused, and nothing is touched', (option, text, says) =>
  expectRefused([`${option}=${text}`], says));

test('the defaults are the documented ones', async () => {
  const policy = await policyOf();
  expect(policy).toMatchObject({ olderThanMs: HOUR, ageBy: 'mtime', mode: '0700', maxDepth: null });
  expect(policy).toMatchObject({ crossDevice: false, exclude: [], owner: process.geteuid?.() });
  expect(policy.prefixes).toHaveLength(10);
});

test('a value with control characters is refused in one harmless line', async () => {
  const { code, err } = await run(['--older-than', '1\n\x1b[31mh', scratch()]);
  expect(code).toBe(2);
  expect(err).toMatch(/^criu-sweep: --older-than: '1[^\n\x1b]+\\x1b\[31mh[^\n\x1b]+\n$/);
});
