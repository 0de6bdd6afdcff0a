import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { can } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { withOwnTmp } from '../support/own-tmp.ts';
import { expectRefused } from '../support/refused.ts';
import { scratch } from '../support/scratch.ts';
import { sweep } from '../support/sweep.ts';

/** Every option of a sweep that the documentation promises, with a good value. */
const OPTIONS: readonly (readonly [string, ...string[]])[] = [
  ['--older-than', '1h'],
  ['--age-by', 'mtime'],
  ['--prefix', 'x.'],
  ['--owner', '0'],
  ['--mode', '0700'],
  ['--max-depth', '1'],
  ['--exclude', 'x'],
  ['--cross-device'],
  ['-n'],
  ['--dry-run'],
  ['--check'],
  ['--format', 'json'],
  ['--json'],
  ['--report', '/dev/null'],
  ['--metrics', 'x.prom'],
  ['--known'],
  ['--no-in-use'],
  ['--max-runtime', '1h'],
  ['-v'],
  ['--verbose'],
  ['-q'],
  ['--quiet'],
  ['--color', 'never'],
];
const help = run(['--help']).then(({ out }) => out);

test.each(OPTIONS)('%s is either in the help and taken, or neither', async (option, ...value) => {
  const wrap = option === '--known' && can('namespaces') ? withOwnTmp() : [];
  const { code, err } = await run(['-n', option, ...value, scratch('/var/tmp')], { wrap, cwd: scratch() });
  // These say something: what was kept, or what lies in the host's own directories.
  const speaks = ['-v', '--verbose', '--known'].includes(option);
  const inHelp = new RegExp(`(^|[\\s,])${option}(?=[\\s,]|$)`, 'm').test(await help);
  expect({ option, taken: code === 0, err: err === '' || speaks }).toEqual({
    option,
    taken: inHelp,
    err: inHelp,
  });
  if (!inHelp) expect(err).toMatch(/unknown option/);
});

test.each([
  '-h',
  '--help',
])('%s shows the help on stdout: usage, options, exit statuses, within 100 columns', async (flag) => {
  const { code, out, err } = await run([flag]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: criu-sweep \[options\] <target\.\.\.>/);
  for (const what of ['--older-than', '--dry-run', '0 ', '1 ', '2 ', '3 ', '70 ', '130'])
    expect(out).toContain(what);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test.each(['-V', '--version'])('%s shows the version of the package', async (flag) => {
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
  const { code, out, err } = await run([flag]);
  expect({ code, out, err }).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  ['--dri-run', /unknown option.*--dry-run/],
  ['--older-then', /unknown option.*--older-than/],
  ['--verbos', /unknown option.*--verbose/],
  ['--colour', /unknown option.*--color/],
  ['--force', /unknown option/],
  ['-x', /unknown option/],
  ['-r', /unknown option/],
  ['-nx', /unknown option/],
])('the unknown option %s is refused with a suggestion where there is one', (option, says) =>
  expectRefused([option], says));

test.each([
  '--dry',
  '--older=1h',
  '--rep=x',
  '--js',
  '--no-in',
  '--verb',
  '--max-d=1',
  '--cross',
])('the abbreviated option %s is refused', (option) => expectRefused([option], /unknown option/));

test.each([
  '--older-than',
  '--age-by',
  '--prefix',
  '--owner',
  '--mode',
  '--max-depth',
  '--exclude',
  '--report',
])('%s without its value is refused', async (option) => {
  const dir = scratch();
  plantLeftover(dir);
  const { code, err } = await run([dir, option]);
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(new RegExp(`^criu-sweep: .*${option}.*\n$`)),
  });
});

test.each([
  '--dry-run=yes',
  '--json=no',
  '--check=1',
  '--no-in-use=1',
])('%s: a flag takes no value', (option) => expectRefused([option], /.*/));

test('after -- everything is a target', async () => {
  const dir = scratch();
  for (const name of ['-n', '--help', '--', '-']) mkdirSync(`${dir}/${name}`);
  const leftover = plantLeftover(`${dir}/-n`);
  const { report, code } = await sweep(['--', '-n', '--help', '--', '-'], { cwd: dir });
  expect(report.targets.map((target) => target.resolved)).toEqual(
    ['-n', '--help', '--', '-'].map((name) => `${dir}/${name}`),
  );
  expect(report.items).toMatchObject([{ path: leftover, outcome: 'removed' }]);
  expect(code).toBe(0);
});

test('options may stand before and after targets, and short ones together', async () => {
  const dir = scratch();
  const leftover = plantLeftover(dir);
  const { code, out } = await run([dir, '-nv', '--older-than', '1h']);
  expect({ code, out }).toEqual({ code: 0, out: `would remove ${leftover}\n` });
});

test('quiet and verbose together are refused', () =>
  expectRefused(['-q', '-v'], /quiet.*verbose|verbose.*quiet/));
