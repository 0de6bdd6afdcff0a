import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { COMMAND, program, run } from '../../support/command.ts';
import { leftoverName } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';
import { refusal, schedule, valuesOf } from './printed.ts';

beforeEach((context) => need(context, 'root', 'systemd-analyze'));

test.each([
  ['a plain sweep', ['/var/lib/criu', '/tmp']],
  ['the known directories', ['--known']],
  ['odd words', ['--exclude', '**/a b', '--owner', 'any', '--', '/srv/*/du"m\'p$x%y', '/srv/;']],
  ['an owner by name', ['--owner', 'nobody', '/var/lib/criu']],
  ['reports', ['--report', '/var/tmp/s.json', '--metrics', '/var/tmp/x.prom', '/var/lib/criu']],
])('systemd verifies the units for %s, and finds them little exposed', async (_, sweep) => {
  const dir = scratch();
  const written = await schedule('systemd', '--output-dir', dir, '--', ...sweep);
  expect(written).toBe(`${dir}/criu-sweep.service\n${dir}/criu-sweep.timer\n`);
  const verified = await program(['systemd-analyze', 'verify', ...written.trim().split('\n')]);
  expect(verified.out + verified.err).toBe('');
  const security = [
    'systemd-analyze',
    'security',
    '--offline=yes',
    '--no-pager',
    `${dir}/criu-sweep.service`,
  ];
  const exposure = /Overall exposure level for criu-sweep\.service: (\S+) OK/.exec(
    (await program(security)).out,
  );
  expect(Number(exposure?.[1])).toBeLessThanOrEqual(1.6);
});

test.each([
  ['--known'],
  ['/t*/*'],
])('the units are written to a relative directory, for %s too', async (target) => {
  const dir = scratch();
  mkdirSync(`${dir}/units`);
  const args = ['schedule', 'systemd', '--output-dir', 'units', '--', target];
  expect(await run(args, { cwd: dir })).toMatchObject({
    code: 0,
    out: 'units/criu-sweep.service\nunits/criu-sweep.timer\n',
  });
  expect(statSync(`${dir}/units/criu-sweep.timer`).isFile()).toBe(true);
});

test.each(['1m', '90m', '6h', '1d', '1w', '36h', '1500ms'])('a timer for %s is verified', async (every) => {
  const dir = scratch();
  await schedule('systemd', '--every', every, '--output-dir', dir, '--', '/tmp');
  const verified = await program(['systemd-analyze', 'verify', `${dir}/criu-sweep.timer`]);
  expect(verified.out + verified.err).toBe('');
  expect(statSync(`${dir}/criu-sweep.timer`).mode & 0o7777).toBe(0o644);
});

test('an interval of the calendar is made up for after a time off, any other is counted', async () => {
  const hourly = await schedule('systemd', '--', '/tmp');
  expect(valuesOf(hourly, 'OnCalendar')).toEqual(['hourly']);
  expect(valuesOf(hourly, 'Persistent')).toEqual(['true']);
  expect(valuesOf(hourly, 'RandomizedDelaySec')).toEqual(['6m']);
  const odd = await schedule('systemd', '--every', '90m', '--', '/tmp');
  expect(valuesOf(odd, 'OnCalendar')).toEqual([]);
  expect(valuesOf(odd, 'OnUnitActiveSec')).toEqual(['1h30m']);
  expect(valuesOf(odd, 'OnBootSec')).toEqual(['1m']);
});

test.each([
  ['5s', '500ms'],
  ['1m', '6s'],
  ['5m', '30s'],
  ['10m', '1m'],
  ['1w', '1m'],
])('every %s is kept to by a tenth of it, or by the minute that is usual: %s', async (every, accuracy) => {
  const unit = await schedule('systemd', '--every', every, '--', '/tmp');
  expect(valuesOf(unit, 'AccuracySec')).toEqual([accuracy]);
});

test('it calls this Node and this script, or what --command says', async () => {
  const own = await schedule('systemd', '--', '/tmp');
  expect(valuesOf(own, 'ExecStart')).toEqual([`${COMMAND.join(' ')} /tmp`]);
  const other = await schedule('systemd', '--command', `/usr/bin/env 'a b' criu-sweep`, '--', '-n', '/tmp');
  expect(valuesOf(other, 'ExecStart')).toEqual(['/usr/bin/env "a b" criu-sweep -n /tmp']);
});

test.each(
  [
    '@ - : + ! !! |'.split(' ').map((mark) => `${mark}/bin/true`),
    '@true',
    '-true',
    '"/bin/it\'s"',
    "'/bin/a\"b'",
    "'/bin/a\\b'",
    "'/bin/a\tb'",
    '/bin/',
    '/',
    '.',
    '..',
    "';'",
  ].flat(),
)('a program that ExecStart= reads in another way, or not at all, is refused: %s', async (command) => {
  expect(await refusal('systemd', '--command', command, '--', '/tmp')).toContain('ExecStart=');
});

test.each([
  ['true'],
  ['/bin/../bin//true'],
  [`/bin/env @x -y :z + ';' ! '|' it\\'s '\\x' '$a $b' %n`],
])('any other command is one that systemd takes: %s', async (command) => {
  expect(await verifiedWith(command)).toBe('');
});

test.each([
  'a b',
  '$a',
  '100%',
  'a;b',
  'ü',
  '@x',
  ' a ',
  '*?',
])('a program by any other name: %s', async (name) => {
  const dir = scratch();
  copyFileSync('/bin/true', `${dir}/${name}`);
  expect(await verifiedWith(`'${dir}/${name}'`)).toBe('');
});

/** What `systemd-analyze verify` says about the service. */
async function verifiedWith(command: string): Promise<string> {
  const dir = scratch();
  await schedule('systemd', '--command', command, '--output-dir', dir, '--', '/tmp');
  const { out, err } = await program(['systemd-analyze', 'verify', `${dir}/criu-sweep.service`]);
  return out + err;
}

test('what it may write to are the targets, where globs begin, and where reports go; none below another', async () => {
  const dir = scratch('/var/tmp');
  const leftover = `${dir}/${leftoverName()}`;
  const unit = await schedule(
    'systemd',
    '--',
    ...['--report', `${dir}/a/s.json`.replace('/a/', '/'), '--metrics', '/dev/criu-sweep.prom'],
    ...['/srv/*/dump', '/srv/x/', '//var//lib/criu/.', '/opt/{a,b}/c*', leftover],
  );
  expect(valuesOf(unit, 'ReadWritePaths')).toEqual([
    '-/srv',
    '-/var/lib/criu',
    '-/opt/a',
    '-/opt/b',
    `-${dir}`,
  ]);
});

test('homes are hidden where nothing of the job lies in one, and read-only where something does', async () => {
  const home = async (...sweep: string[]) =>
    valuesOf(await schedule('systemd', '--command', '/usr/bin/criu-sweep', '--', ...sweep), 'ProtectHome');
  expect(await home('/tmp')).toEqual(['yes']);
  expect(await home('/home/*/dump')).toEqual(['read-only']);
  expect(await home('/run')).toEqual(['read-only']);
  expect(await home('/homes')).toEqual(['yes']);
  const nvm = await schedule('systemd', '--command', '/root/.nvm/node /x', '--', '/tmp');
  expect(valuesOf(nvm, 'ProtectHome')).toEqual(['read-only']);
});

test('only the capabilities that this sweep needs', async () => {
  const capabilities = async (...sweep: string[]) =>
    valuesOf(await schedule('systemd', '--', ...sweep), 'CapabilityBoundingSet').join();
  expect(await capabilities('/tmp')).toBe('CAP_DAC_OVERRIDE CAP_SYS_PTRACE');
  expect(await capabilities('--owner', 'root', '/tmp')).toBe('CAP_DAC_OVERRIDE CAP_SYS_PTRACE');
  expect(await capabilities('--no-in-use', '/tmp')).toBe('CAP_DAC_OVERRIDE');
  expect(await capabilities('--owner', 'any', '/tmp')).toBe('CAP_DAC_OVERRIDE CAP_SYS_PTRACE CAP_FOWNER');
});

test('sockets are for looking up a name alone', async () => {
  const families = async (...sweep: string[]) =>
    valuesOf(await schedule('systemd', '--', ...sweep), 'RestrictAddressFamilies').join();
  expect(await families('/tmp')).toBe('none');
  expect(await families('--owner=0', '/tmp')).toBe('none');
  expect(await families('--owner=nobody', '/tmp')).toBe('AF_UNIX');
});

test('a command longer than systemd reads a line is refused', async () => {
  const excludes = Array.from({ length: 10 }, () => ['--exclude', 'a'.repeat(110_000)]).flat();
  expect(await refusal('systemd', '--', ...excludes, '/tmp')).toContain(
    'bytes long, and a line of a unit takes',
  );
});

test('a path that no unit can say is refused', async () => {
  expect(await refusal('systemd', '--', '/srv/a\nb')).toContain('cannot say a line break');
});

test.each([
  ['a masked unit', (path: string) => symlinkSync('/dev/null', path)],
  ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
])('%s is not taken for a file that was written', async (_, make) => {
  const dir = scratch();
  make(`${dir}/criu-sweep.timer`);
  expect(await refusal('systemd', '--output-dir', dir, '--', '/tmp')).toContain('is no regular file');
  expect(readdirSync(dir)).toEqual(['criu-sweep.timer']);
});

test('the files are replaced as a whole, in a directory that must be there', async () => {
  const dir = scratch();
  mkdirSync(`${dir}/units`);
  await schedule('systemd', '--output-dir', `${dir}/units`, '--', '/tmp');
  const before = readFileSync(`${dir}/units/criu-sweep.timer`, 'utf8');
  await schedule('systemd', '--every', '2h', '--output-dir', `${dir}/units`, '--', '/tmp');
  expect(readFileSync(`${dir}/units/criu-sweep.timer`, 'utf8')).not.toBe(before);
  expect(await refusal('systemd', '--output-dir', `${dir}/missing`, '--', '/tmp')).toContain('ENOENT');
});
