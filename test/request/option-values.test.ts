import { Command } from 'commander';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/model/usage-error.ts';
import { defaultPolicy } from '../../src/request/policy.ts';
import { policyOf } from '../../src/request/policy-options.ts';
import { addSweepOptions, type SweepOptions } from '../../src/request/sweep-options.ts';

const HOUR = 3_600_000;
const UID = 1234;

/** The options as the command reads them. @throws UsageError, or commander's own error for what is no choice */
function read(...args: string[]): SweepOptions {
  const command = addSweepOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<SweepOptions>();
}

const policy = (...args: string[]) => policyOf(read(...args), UID);

/** The message that a value is refused with; it begins with the option's name. */
function refusal(option: string, text: string): string {
  try {
    read(`${option}=${text}`);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    if (!(error instanceof Error) || !(isUsage || 'exitCode' in error)) throw error;
    return error.message;
  }
  throw new Error(`${option}=${text} is taken`);
}

// What a duration may be is told in duration.test.ts.
test.each([
  ['1h30m', 1.5 * HOUR],
  ['0s', 0],
])('--older-than %s is %d ms', (text, olderThanMs) => {
  expect(policy('--older-than', text)).toMatchObject({ olderThanMs });
});

test.each([
  ['0700', 0o700],
  ['700', 0o700],
  ['0', 0],
  ['0o755', 0o755],
  ['2700', 0o2700],
  ['7777', 0o7777],
  ['any', null],
])('--mode %s is %s', (text, mode) => {
  expect(policy('--mode', text).mode).toBe(mode);
});

test.each([
  ['root', 0],
  ['0', 0],
  ['1000', 1000],
  ['65534', 65534],
  ['4000000000', 4000000000],
  ['4294967294', 4294967294],
  ['any', null],
])('--owner %s is %s', (text, owner) => {
  expect(policy('--owner', text).owner).toBe(owner);
});

test.each(['1', '2', '100000'])('--max-depth %s is taken', (text) => {
  expect(policy('--max-depth', text).maxDepth).toBe(Number(text));
});

test.each(['mtime', 'ctime', 'birthtime', 'newest'])('--age-by %s is taken', (text) => {
  expect(policy('--age-by', text).ageBy).toBe(text);
});

/** Values that are refused, by option, with what the message must say. */
const REFUSED: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['--older-than', /--older-than/, ['', '60']],
  [
    '--mode',
    /--mode/,
    [
      ...['', '8', '0800', '0788', '07000', '10000', '77777', 'rwx', 'u=rwx', '-700', '0x1c0', '0x700'],
      ...['ANY', '7 0', '7 00', '0700,0777'],
    ],
  ],
  [
    '--owner',
    /--owner/,
    [
      ...['', 'no-such-user-here', '-1', '4294967295', '99999999999', '1.5', '0x0', 'root ', 'ro*t', '-n'],
      ...['99999999999999999999', '--help', 'root; id', '$(id)'],
    ],
  ],
  [
    '--max-depth',
    /--max-depth/,
    ['', '0', '-1', '1.5', '1e2', 'x', '0x2', ' 1', 'all', 'none', '99999999999', '99999999999999999999'],
  ],
  ['--prefix', /--prefix/, ['', '/', 'a/b', '.criu.mnt./', 'x'.repeat(250)]],
  ['--exclude', /--exclude/, ['', '/', '/var/**', '../var/**']],
  ['--age-by', /--age-by.*mtime.*ctime.*birthtime.*newest/, ['', 'atime', 'MTIME', 'mtime,ctime', 'm']],
  ['--format', /--format.*text.*json.*ndjson/, ['', 'xml', 'JSON', 'text,json']],
  ['--color', /--color.*auto.*always.*never/, ['', 'sometimes', 'true', 'AUTO']],
  ['--max-runtime', /--max-runtime/, ['', '0', '10', '1y', '-1s']],
];

test.each(
  REFUSED.flatMap(([option, says, texts]) => texts.map((text) => [option, text, says] as const)),
)('%s=%j is refused', (option, text, says) => {
  expect(refusal(option, text)).toMatch(says);
});

test('without options a policy is the default', () => {
  expect(policy()).toEqual(defaultPolicy(UID));
});

test('each option sets its own part of the policy', () => {
  expect(policy('--cross-device').crossDevice).toBe(true);
  expect(policy('--exclude', 'a', '--exclude', 'b/').exclude).toEqual(['a', 'b']);
  const { kinds } = policy('--prefix', 'a.', '--prefix', 'b.', '--mode', '0711');
  expect(kinds.map(({ prefix, modes }) => [prefix, modes])).toEqual([
    ['a.', [0o711]],
    ['b.', [0o711]],
  ]);
});
