import { readdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run, startProgram } from '../../support/command.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';
import { snapshot } from '../../support/tree.ts';
import { asUser, withByteArguments } from '../../support/wrap.ts';
import { refusal, schedule } from './printed.ts';

beforeEach((context) => need(context, 'root'));

test.each([
  ['no target', []],
  ['an empty target', ['']],
  ['/', ['/']],
  ['/proc', ['/proc/sys']],
  ['an unknown option', ['--frobnicate', '/tmp']],
  ['a bad duration', ['--older-than', '60', '/tmp']],
  ['a bad mode', ['--mode', '9', '/tmp']],
  ['options that contradict', ['-q', '-v', '/tmp']],
  ['a user who is none', ['--owner', 'no-such-user-here', '/tmp']],
  ['a report without a name', ['--report', '', '/tmp']],
  ['a report that is a directory', ['--report', '/srv/', '/tmp']],
  ['a value that is an option', ['--report', '-n', '/tmp']],
  ['a fuse that is none', ['--max-removals', '0', '/tmp']],
  ['a check again and again', ['--check', '--every', '1h', '/tmp']],
  ['a relative target', ['tmp']],
  ['a relative glob', ['*/dump']],
  ['..', ['/srv/../tmp']],
  ['a relative report', ['--report', 'x.json', '/tmp']],
  ['an interval of its own', ['--every', '1h', '/tmp']],
  ['help', ['--help']],
  ['a command', ['inspect']],
])('a sweep that would be refused is no schedule: %s', async (_, sweep) => {
  for (const scheduler of ['cron', 'systemd'])
    expect(await refusal(scheduler, '--', ...sweep)).not.toContain('bug');
});

test.each([
  ['no scheduler', []],
  ['an unknown one', ['launchd', '--', '/tmp']],
  ['an image for cron', ['cron', '--image', 'x', '--', '/tmp']],
  ['a namespace for systemd', ['systemd', '--namespace', 'x', '--', '/tmp']],
  ['an interval that is none', ['cron', '--every', '0s', '--', '/tmp']],
  ['an empty command', ['cron', '--command', ' ', '--', '/tmp']],
  ['an empty program', ['cron', '--command', "'' x", '--', '/tmp']],
  ['a program by a relative path', ['cron', '--command', './criu-sweep', '--', '/tmp']],
  ['one in a container', ['kubernetes', '--image', 'x', '--command', 'bin/criu-sweep', '--', '/tmp']],
  ['a variable, which only a shell sets', ['systemd', '--command', 'A=b criu-sweep', '--', '/tmp']],
  ['an output directory without a name', ['cron', '--output-dir', '', '--', '/tmp']],
  ['an open quote', ['cron', '--command', "a 'b", '--', '/tmp']],
  ["a sweep's option before --", ['cron', '--older-than', '1h', '--', '/tmp']],
])('wrong usage is one line: %s', async (_, args) => {
  await refusal(...args);
});

test('nothing is swept, and nothing written, while a schedule is printed', async () => {
  const dir = scratch();
  plantLeftover(dir);
  const before = snapshot(dir);
  await schedule('cron', '--', '--report', `${dir}/r.json`, dir);
  expect(snapshot(dir)).toEqual(before);
});

test('a user who is not root can print what root will run', async (context) => {
  need(context, 'setpriv');
  const closed = scratch();
  const args = ['schedule', 'systemd', '--', '--metrics', `${closed}/x.prom`, closed];
  const { code, out } = await run(args, { wrap: asUser(65534) });
  expect({ code, owner: /User=/.test(out) }).toEqual({ code: 0, owner: false });
  expect(readdirSync(closed)).toEqual([]);
});

test('a disk that is full is said, and exit 3', async () => {
  expect(await run(['schedule', 'cron', '--', '/tmp'], { stdout: '/dev/full' })).toMatchObject({ code: 3 });
});

test('a sweep whose target is not UTF-8 is no schedule: a file cannot say it', async () => {
  const dir = scratch();
  const args = ['schedule', 'cron', '--', `${dir}/not\xff`];
  const { code, out, err } = await startProgram(withByteArguments(`${dir}/run.sh`, args)).ended;
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^criu-sweep: '[^\n]*' is not UTF-8, and cannot be written into a file: [^\n]*\n$/);
});

test('a --command that is not UTF-8 is none either', async () => {
  const dir = scratch();
  for (const scheduler of [['cron'], ['systemd'], ['kubernetes', '--image', 'x']]) {
    const args = ['schedule', ...scheduler, '--command', '/opt/not\xff/criu-sweep', '--', '/tmp'];
    const { code, out, err } = await startProgram(withByteArguments(`${dir}/run.sh`, args)).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /^criu-sweep: --command: '[^\n]*' is not UTF-8, and cannot be written into a file[^\n]*\n$/,
    );
  }
});

test('what only the host that will run it can tell is not asked here: whether a directory is there', async () => {
  const files = ['--report', '/no/such/dir/r.json', '--metrics', '/proc/none/criu_sweep.prom'];
  for (const scheduler of [['cron'], ['systemd'], ['kubernetes', '--image', 'x']]) {
    const printed = await schedule(...scheduler, '--', ...files, '--max-removals', '500', '/no/such/target');
    for (const word of ['/no/such/dir/r.json', '/proc/none/criu_sweep.prom', '--max-removals', '500'])
      expect(printed).toContain(word);
  }
});

test('a user whom nobody has here may be one of the image', async () => {
  const elsewhere = ['kubernetes', '--image', 'x', '--', '--owner'];
  expect(await schedule(...elsewhere, 'no-such-user-here', '/tmp')).toContain('"no-such-user-here"');
  expect(await refusal(...elsewhere, '-1', '/tmp')).toContain('--owner');
  expect(await refusal(...elsewhere, '', '/tmp')).toContain('--owner');
});
