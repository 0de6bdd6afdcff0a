import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run } from '../../support/command.ts';
import { diagnose } from '../../support/diagnosis.ts';
import { onEmptyHost } from '../../support/empty-host.ts';
import { leftoverName } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';
import { asUser, inPidNamespace } from '../../support/wrap.ts';

/** Everything else that doctor looks at by path; empty at first. */
const PLACES = [
  '/sys/kernel/security',
  '/etc/systemd/system',
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/cron.daily',
  '/var/spool/cron',
];
/** A host after these commands of a shell; on it a CRIU that leaves nothing at a dump. */
const host = (...commands: string[]): string[] =>
  onEmptyHost(
    [
      'mkdir /run/fake',
      "printf '#!/bin/sh\\necho Version: 4.2\\n' > /run/fake/criu",
      'chmod 755 /run/fake/criu',
      'PATH=/run/fake:$PATH',
      ...commands,
    ],
    PLACES,
  );
/** The same without the processes of this machine, of which one might sweep again and again. */
const alone = (...commands: string[]): string[] => [...inPidNamespace(), ...host(...commands)];
const write = (file: string, ...lines: string[]) =>
  `mkdir -p $(dirname ${file}); printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > ${file}`;
const TIMER = 'ln -s ../criu-sweep.timer /etc/systemd/system/timers.target.wants/criu-sweep.timer';
const SERVICE = write(
  '/etc/systemd/system/criu-sweep.service',
  '[Service]',
  'ExecStart=/usr/bin/node /opt/criu-sweep/bin/criu-sweep.js \\',
  '  --known',
);
const PACKAGED_JOB = write(
  '/etc/cron.d/criu-sweep',
  '17 * * * * root [ -d /run/systemd/system ] || ! [ -x /usr/bin/criu-sweep ] || /usr/bin/criu-sweep -q --known',
);
const TIMER_UNIT = write('/etc/systemd/system/criu-sweep.timer', '[Timer]', 'OnCalendar=hourly');

beforeEach((context) => need(context, 'root', 'namespaces'));

test('what lies where a killed CRIU left its kernel probes is said, with the command that removes it', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = host("touch -d '2 hours ago' /run/.criu.kdat /run/criu.kdat.tmp");
  const { of, code } = await diagnose({ wrap });
  expect(of('kernel-probes')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining(
      '/run/.criu.kdat and /run/criu.kdat.tmp are left from a CRIU that was killed',
    ),
    advice: 'rm /run/.criu.kdat /run/criu.kdat.tmp',
  });
  expect(code).toBe(1);
});

/** Whatever lies in /run, on a file system that is no tmpfs. */
const RUN_IS_NO_TMPFS = 'cp -a /run/fake /var/lib; mount -t ramfs none /run; cp -a /var/lib/fake /run';
const VERSION = (version: string) => `sed -i s/4.2/${version}/ /run/fake/criu`;
const OLD = "touch -d '2 hours ago'";

test.each([
  ['3.18', [`${OLD} /run/criu.kdat.tmp`]],
  ['3.18, before its first start', []],
  ['4.2', [`${OLD} /run/.criu.kdat /run/criu.kdat.tmp`]],
])('CRIU %s where /run is no tmpfs: nothing is advised that does not help', async (version, left) => {
  const commands = [RUN_IS_NO_TMPFS, VERSION(version.split(',')[0] ?? ''), ...left];
  const { of } = await diagnose({ wrap: host(...commands) });
  const { status, message, advice } = of('kernel-probes');
  expect([status, message]).toEqual([
    'warning',
    expect.stringMatching(/^\/run is no tmpfs, .*at every start$/),
  ]);
  expect(message.includes('criu.kdat')).toBe(left.length > 0);
  expect(advice).toMatch(/^make \/run a tmpfs/);
  expect(advice).not.toMatch(/(^|; )rm /);
});

test('CRIU 3.17.1 leaves nothing where /run is no tmpfs, and cannot be helped by what is left', async () => {
  const commands = [RUN_IS_NO_TMPFS, VERSION('3.17.1')];
  expect((await diagnose({ wrap: host(...commands) })).of('kernel-probes').status).toBe('ok');
  const { of } = await diagnose({ wrap: host(...commands, `${OLD} /run/.criu.kdat`) });
  expect(of('kernel-probes')).toMatchObject({ status: 'warning', advice: expect.not.stringMatching(/^rm/) });
});

test('Fedora’s place for kernel probes, and that of CRIU without privileges, are looked at', async () => {
  const wrap = host('mkdir /run/criu /run/user', `${OLD} /run/criu/criu.kdat.tmp /run/user/.criu.kdat`);
  const { of } = await diagnose({ wrap, env: { XDG_RUNTIME_DIR: '/run/user/' } });
  expect(of('kernel-probes')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/^\/run\/criu\/criu.kdat.tmp and \/run\/user\/.criu.kdat are left /),
    advice: 'rm /run/criu/criu.kdat.tmp /run/user/.criu.kdat',
  });
});

test('with a cache that CRIU can load nothing is wrong; one of zeros is none', async () => {
  const cached = (bytes: string) => [`printf '${bytes}' > /run/criu.kdat`, `${OLD} /run/criu.kdat.tmp`];
  const valid = await diagnose({ wrap: host(...cached('\\130\\064\\002\\127 and more')) });
  expect(valid.of('kernel-probes').status).toBe('ok');
  for (const bytes of ['\\0\\0\\0\\0', 'X', ''])
    expect((await diagnose({ wrap: host(...cached(bytes)) })).of('kernel-probes').status).toBe('warning');
});

test('kernel probes that are just being written, and finished ones, are well', async (context) => {
  need(context, 'root', 'namespaces');
  const { of } = await diagnose({
    wrap: host("touch /run/criu.kdat.tmp; touch -d '2 hours ago' /run/criu.kdat"),
  });
  expect(of('kernel-probes').status).toBe('ok');
});

test('the known work directories that exist are named with their leftovers', async (context) => {
  need(context, 'root', 'namespaces');
  const name = leftoverName();
  const userdata = '/var/lib/containers/storage/overlay-containers';
  const wrap = host(
    `mkdir -p ${userdata}/a/userdata ${userdata}/b/userdata/full.d/${name}/x /tmp/w/${name} /tmp/w/${leftoverName()}`,
    `chmod 0700 ${userdata}/b/userdata/full.d/${name} /tmp/w/.criu.*`,
    `touch -d '2 hours ago' ${userdata}/b/userdata/full.d/${name} /tmp/w/${name}`,
  );
  const { of, code } = await diagnose({ wrap });
  expect(of('work-dirs')).toEqual({
    id: 'work-dirs',
    status: 'warning',
    message:
      '/var/lib/containers/storage/*-containers/*/userdata (2 directories) has 1 leftover: 1 kept, /tmp has 2 leftovers: 1 would be removed now, 1 too young',
    advice: 'criu-sweep inspect tells which runs left them, criu-sweep --known removes them',
  });
  expect(code).toBe(1);
});

test('leftovers too young to be removed are counted, and no reason to warn', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = host(`mkdir -p /tmp/w/${leftoverName()}; chmod 0700 /tmp/w/.criu.*`);
  const { of } = await diagnose({ wrap });
  expect(of('work-dirs')).toEqual({
    id: 'work-dirs',
    status: 'ok',
    message: '/tmp has 1 leftover: 1 too young',
    advice: null,
  });
});

test('doctor counts the leftovers that inspect counts', async (context) => {
  need(context, 'root', 'namespaces');
  const names = [...Array(5)].map(() => leftoverName());
  const [old, young, full, mode, file] = names.map((name) => `/tmp/w/${name}`);
  const wrap = host(
    `mkdir -p -m 0700 ${old} ${young} ${full}/x /tmp/w/sub; mkdir -m 0755 ${mode}; touch ${file}; chmod 0700 ${full}`,
    `touch -d '2 hours ago' ${old} ${full} ${mode} ${file}`,
  );
  const { of } = await diagnose({ wrap });
  const inspected = JSON.parse((await run(['inspect', '--json', '--known'], { wrap })).out);
  const { matched, wouldRemove } = inspected.summary;
  expect({ matched, wouldRemove }).toEqual({ matched: 5, wouldRemove: 1 });
  expect(of('work-dirs').message).toBe(
    `/tmp has ${matched} leftovers: ${wouldRemove} would be removed now, 1 too young, 3 kept`,
  );
});

test('known work directories without a leftover are well', async (context) => {
  need(context, 'root', 'namespaces');
  const { of } = await diagnose({ wrap: host() });
  expect(of('work-dirs')).toMatchObject({ status: 'ok', message: '/tmp has no leftovers' });
});

test.each([
  [
    'a timer that is enabled',
    [SERVICE, TIMER_UNIT, 'mkdir /etc/systemd/system/timers.target.wants', TIMER],
    'criu-sweep.timer',
  ],
  [
    'a timer of another name, started by systemd-run',
    [
      write('/run/systemd/transient/run-1.timer', '[Timer]', 'Unit=run-2.service'),
      write('/run/systemd/transient/run-2.service', '[Service]', 'ExecStart=criu-sweep "/var/lib/criu"'),
    ],
    'run-1.timer',
  ],
  [
    'an instance of a template',
    [
      write('/etc/systemd/system/sweep@.timer', '[Timer]', 'OnCalendar=hourly'),
      write('/etc/systemd/system/sweep@.service', '[Service]', 'ExecStart=criu-sweep /%I'),
      'mkdir /etc/systemd/system/timers.target.wants',
      'ln -s ../sweep@.timer /etc/systemd/system/timers.target.wants/sweep@var-lib-v1.2.timer',
    ],
    'sweep@.timer',
  ],
  [
    'a service that stays, and is enabled',
    [
      write('/etc/systemd/system/s.service', '[Service]', 'ExecStart=/usr/bin/criu-sweep --every 1h --known'),
      'mkdir /etc/systemd/system/multi-user.target.wants',
      'ln -s ../s.service /etc/systemd/system/multi-user.target.wants/s.service',
    ],
    's.service',
  ],
  [
    'a file in /etc/cron.d',
    [write('/etc/cron.d/criu-sweep', '17 * * * * root criu-sweep --known')],
    '/etc/cron.d/criu-sweep',
  ],
  ['the cron job of a package, where systemd does not run', [PACKAGED_JOB], '/etc/cron.d/criu-sweep'],
  [
    'a crontab',
    [write('/var/spool/cron/crontabs/root', '@daily node "/x/criu-sweep.js" /var/lib/criu')],
    '/var/spool/cron/crontabs/root',
  ],
  [
    'a crontab where SUSE has it',
    [write('/var/spool/cron/tabs/root', '@daily criu-sweep --known')],
    '/var/spool/cron/tabs/root',
  ],
  [
    'a script that cron runs daily',
    [write('/etc/cron.daily/cleanup', '#!/bin/sh', 'criu-sweep -q --known')],
    '/etc/cron.daily/cleanup',
  ],
])('%s runs a sweep', async (_, commands, named) => {
  const { of } = await diagnose({ wrap: alone(...commands) });
  expect(of('schedule')).toEqual({
    id: 'schedule',
    status: 'ok',
    message: `a sweep is run by ${named}`,
    advice: null,
  });
});

test.each([
  ['nothing', [], 'no timer, cron job or process runs a sweep'],
  ['a comment', [write('/etc/cron.d/x', '# 17 * * * * root criu-sweep --known')], 'no timer'],
  ['a dry run', [write('/etc/cron.d/x', '17 * * * * root criu-sweep --check --known')], 'no timer'],
  [
    'another command that names ours',
    [write('/etc/cron.d/x', '17 * * * * root find /var/lib/criu-sweep -delete')],
    'no timer',
  ],
  [
    'another command of ours',
    [write('/etc/cron.d/x', '17 * * * * root criu-sweep inspect --check')],
    'no timer',
  ],
  [
    'the cron job of a package, where systemd runs',
    [PACKAGED_JOB, 'mkdir -p /run/systemd/system'],
    'no timer, cron job or process runs a sweep',
  ],
  [
    'a timer that is not enabled',
    [SERVICE, TIMER_UNIT],
    'criu-sweep.timer would run a sweep, but is not enabled',
  ],
  [
    'a timer that is masked',
    [SERVICE, 'ln -s /dev/null /etc/systemd/system/criu-sweep.timer'],
    'criu-sweep.service would run',
  ],
  [
    'a file that cron passes over',
    [write('/etc/cron.d/criu-sweep.cron', '17 * * * * root criu-sweep --known')],
    '/etc/cron.d/criu-sweep.cron would run a sweep, but cron passes over',
  ],
])('%s runs none, and there is something to do', async (_, commands, message) => {
  const { of, code } = await diagnose({ wrap: alone(...commands) });
  expect(of('schedule')).toMatchObject({ status: 'warning', message: expect.stringContaining(message) });
  expect(of('schedule').advice).not.toBeNull();
  expect(code).toBe(1);
});

test('a FIFO among the crontabs is not waited for', async (context) => {
  need(context, 'root', 'namespaces');
  const { of } = await diagnose({ wrap: alone('mkfifo /etc/cron.d/criu-sweep'), timeoutMs: 45_000 });
  expect(of('schedule').status).toBe('warning');
});

test('on a host without CRIU and without leftovers nothing has to be swept', async (context) => {
  need(context, 'root', 'namespaces');
  const empty = scratch();
  const wrap = host(
    'rm /run/fake/criu; mkdir /run/empty',
    'for d in /usr/local/sbin /usr/sbin /sbin; do [ -L $d ] || mount --bind /run/empty $d; done',
    'PATH=/usr/bin:/bin',
  );
  const { report, of } = await diagnose({ wrap, cwd: empty });
  expect(report.criu).toBeNull();
  expect(of('schedule').status).toBe('ok');
});

test('a process that sweeps again and again is found', async (context) => {
  need(context, 'root', 'namespaces');
  // What it does is of no matter here: its command line is looked at.
  const wait = 'setTimeout(() => {}, 20_000)';
  const script = `/run/criu-sweep.js`;
  const started = `node ${script} --every 1h /tmp & trap "kill $!" EXIT; sleep 0.5; "$@"; exit`;
  const { of } = await diagnose({ wrap: alone(write(script, wait.replaceAll("'", '')), started) });
  expect(of('schedule')).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/^a sweep is run by a process with --every \(pid \d+\)$/),
  });
});

test('a process of another user that calls itself criu-sweep runs no sweep of ours', async (context) => {
  need(context, 'root', 'namespaces');
  // What it does is of no matter here: its command line is looked at.
  const wait = 'setTimeout(() => {}, 20_000)';
  const script = `/run/criu-sweep.js`;
  const started = `setpriv --reuid=65534 --regid=65534 --clear-groups -- node ${script} --every 1h /tmp & trap "kill $!" EXIT; sleep 0.5; "$@"; exit`;
  const { of } = await diagnose({ wrap: alone(write(script, wait.replaceAll("'", '')), started) });
  expect(of('schedule').message).not.toContain('--every');
});

test('hidepid is read from the mounts of /proc', async (context) => {
  need(context, 'root', 'namespaces', 'setpriv');
  const mount = 'mount -o remount,hidepid=2 /proc || mount -t proc -o hidepid=2 none /proc';
  expect((await diagnose({ wrap: host() })).of('hidepid').message).toContain('hides no process');
  const wrap = ['unshare', '--pid', '--fork', '--mount-proc', '--', ...host(mount)];
  const root = await diagnose({ wrap });
  expect(root.of('hidepid')).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/hidepid=(2|invisible), which does not bind root/),
  });
  const user = await diagnose({ wrap: [...wrap, ...asUser(65534)] });
  expect(user.of('hidepid')).toMatchObject({ status: 'warning', advice: 'sweep as root' });
});

test('a pid namespace that is not the host’s is said', async (context) => {
  need(context, 'root', 'namespaces', 'host pid namespace');
  expect((await diagnose({ wrap: host() })).of('pid-namespace').status).toBe('ok');
  const { of, code } = await diagnose({ wrap: [...inPidNamespace(), ...host()] });
  expect(of('pid-namespace')).toMatchObject({
    status: 'warning',
    advice: expect.stringContaining('hostPID: true'),
  });
  expect(code).toBe(1);
});

test('root that may not look at processes is told which, each cause once, and what would help', async (context) => {
  need(context, 'setpriv');
  const without = ['setpriv', '--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace', '--'];
  const { of, report } = await diagnose({ wrap: [...host(), ...without] });
  const { status, message, advice } = of('processes');
  expect(status).toBe('warning');
  expect(message).toMatch(
    /^pid \d+ \S+, .* and \d+ more: EACCES \(\w+\): what is mounted there may not be seen/,
  );
  expect(message.match(/EACCES/g)).toHaveLength(1);
  expect(advice).toBe('run with CAP_SYS_PTRACE and without a confinement that hides processes');
  expect(of('mounts')).toMatchObject({
    status: 'ok',
    message: 'the mounts of all other processes can be seen',
  });
  expect(report.checks.filter((check) => check.message.includes('EACCES'))).toHaveLength(1);
});

test('root is not told to be root', async (context) => {
  need(context, 'setpriv');
  const weak = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'];
  const closed =
    'chown 65534 /sys/kernel/security /var/spool/cron; chmod 0700 /sys/kernel/security /var/spool/cron';
  const { of, report } = await diagnose({ wrap: [...alone(closed), ...weak] });
  for (const id of ['apparmor', 'schedule'])
    expect(of(id)).toMatchObject({
      status: 'unknown',
      advice: expect.stringContaining('CAP_DAC_READ_SEARCH'),
    });
  for (const { advice } of report.checks) expect(advice ?? '').not.toContain('as root');
});

test('without /proc the checks that need it cannot be made', async (context) => {
  need(context, 'root', 'namespaces');
  const { of, code } = await diagnose({ wrap: host('mount -t tmpfs none /proc') });
  for (const id of ['processes', 'hidepid', 'pid-namespace', 'mounts'])
    expect(of(id)).toMatchObject({ status: 'unknown', message: expect.stringContaining('/proc') });
  expect(code).toBe(3);
});

test('a user is told that only his own directories are swept, and what he may not read', async (context) => {
  need(context, 'root', 'namespaces', 'setpriv');
  const wrap = [...alone('chmod 700 /var/spool/cron'), ...asUser(65534)];
  const { of, code } = await diagnose({ wrap, env: { HOME: '/nonexistent' } });
  expect(of('user')).toMatchObject({ status: 'warning', message: expect.stringContaining('uid 65534') });
  expect(of('schedule')).toMatchObject({
    status: 'unknown',
    message: expect.stringContaining('/var/spool/cron'),
  });
  expect(code).toBe(3);
});

test('AppArmor is on where its directory exists, on whatever CRIU', async (context) => {
  need(context, 'root', 'namespaces');
  const { report, of } = await diagnose({ wrap: host('mkdir /sys/kernel/security/apparmor') });
  expect(report.appArmor).toBe(true);
  expect(of('apparmor').status).toBe('ok');
});
