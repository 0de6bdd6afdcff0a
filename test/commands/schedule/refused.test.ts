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
  ['a report that cannot be written', ['--report', '/no/such/dir/x', '/tmp']],
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
