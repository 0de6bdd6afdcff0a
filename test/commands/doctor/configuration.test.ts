import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { diagnose } from '../../support/diagnosis.ts';
import { onEmptyHost } from '../../support/empty-host.ts';
import { leftoverName } from '../../support/leftovers.ts';
import { asUser } from '../../support/wrap.ts';

const host = (...commands: string[]): string[] => onEmptyHost(commands, ['/etc/criu']);
const write = (file: string, text: string) => `mkdir -p $(dirname ${file}); printf '${text}' > ${file}`;

beforeEach((context) => need(context, 'root', 'namespaces'));

test('a host without configuration files of CRIU', async () => {
  const { of } = await diagnose({ wrap: host(), env: { HOME: '/var/lib' } });
  expect(of('configuration')).toMatchObject({ status: 'ok', message: expect.stringContaining('has no') });
});

test('what the files set is said, and where they let CRIU work', async () => {
  const wrap = host(
    write(
      '/etc/criu/default.conf',
      '# all\\ntcp-established\\nwork-dir /var/lib/a\\nwork-dir "/var/lib/w"\\n',
    ),
    write('/etc/criu/runc.conf', 'log-file=x\\nimages-dir /var/lib/i\\n'),
    write('/var/lib/home/.criu/default.conf', '\\n'),
    'mkdir /var/lib/i',
  );
  const { of } = await diagnose({ wrap, env: { HOME: '/var/lib/home' } });
  expect(of('configuration')).toMatchObject({ status: 'ok', advice: null });
  expect(of('configuration').message.split('; ')).toEqual([
    '/etc/criu/default.conf sets tcp-established, work-dir, so that CRIU works in /var/lib/w',
    '/var/lib/home/.criu/default.conf sets nothing',
    '/etc/criu/runc.conf sets log-file, images-dir, so that CRIU works in /var/lib/i',
  ]);
});

test('leftovers where a file lets CRIU work are said, with the sweep of them', async () => {
  const wrap = host(
    write('/etc/criu/default.conf', 'work-dir /var/lib/a&b\\n'),
    `mkdir -p '/var/lib/a&b/${leftoverName()}'`,
  );
  const { of, code } = await diagnose({ wrap });
  expect(of('configuration')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('leftovers lie in /var/lib/a&b'),
    advice: "criu-sweep '/var/lib/a&b'",
  });
  expect(code).toBe(1);
});

test.each([
  ['a FIFO', 'mkfifo /etc/criu/default.conf', 'unknown'],
  ['endless', 'ln -s /dev/zero /etc/criu/default.conf', 'unknown'],
  ['binary', 'head -c 100000 /dev/urandom > /etc/criu/default.conf', 'ok'],
  ['to a relative work dir', write('/etc/criu/default.conf', 'work-dir ../x\\n'), 'ok'],
  ['to a work dir that is a file', write('/etc/criu/default.conf', 'work-dir /etc/passwd\\n'), 'ok'],
  [
    'to a work dir that leads to itself',
    `ln -s l /var/lib/l; ${write('/etc/criu/default.conf', 'work-dir /var/lib/l')}`,
    'unknown',
  ],
])('a file that is %s', async (_, make, status) => {
  const { of, out } = await diagnose({ wrap: host(make), timeoutMs: 45_000 });
  expect(of('configuration').status).toBe(status);
  expect(out).not.toContain('\x1b');
});

test('an empty work dir is none, as it is to run', async () => {
  const conf = write('/etc/criu/default.conf', 'images-dir /var/lib/x\\nwork-dir ""\\n');
  const { of } = await diagnose({ wrap: host(conf) });
  expect(of('configuration').message).toContain('so that CRIU works in /var/lib/x');
});

test.each([
  ['a directory', 'mkdir -p /etc/criu/default.conf', 'is no regular file'],
  ['too large', 'truncate -s 2M /etc/criu/default.conf', 'EFBIG'],
  ['a link to itself', 'ln -s default.conf /etc/criu/default.conf', 'ELOOP'],
])('where a file is %s, nobody is told of a confinement', async (_, make, why) => {
  const { of } = await diagnose({ wrap: host(make) });
  expect(of('configuration')).toMatchObject({
    status: 'unknown',
    message: expect.stringContaining(`/etc/criu/default.conf: ${why}`),
    advice: 'see what lies there: CRIU reads a file of options',
  });
});

test('a user who may not read one is told to be root', async (context) => {
  need(context, 'setpriv');
  const closed = `${write('/etc/criu/default.conf', 'shell-job')}; chmod 0600 /etc/criu/default.conf`;
  const { of } = await diagnose({ wrap: [...host(closed), ...asUser(65534)], env: { HOME: '/' } });
  expect(of('configuration')).toMatchObject({ status: 'unknown', advice: 'run criu-sweep doctor as root' });
});
