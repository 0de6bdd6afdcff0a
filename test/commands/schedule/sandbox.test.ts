import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { NODE, PACKAGE, run } from '../../support/command.ts';
import { PACKAGE_THERE, runService } from '../../support/systemd.ts';

beforeEach((context) => need(context, 'root', 'systemd in a namespace'));

/** The printed service for this sweep. */
async function serviceOf(...sweep: string[]): Promise<string> {
  // A Node that was fetched lies in this package.
  const command = `${NODE.replace(PACKAGE, `${PACKAGE_THERE}/`)} ${PACKAGE_THERE}/bin/criu-sweep.js`;
  const { code, out, err } = await run(['schedule', 'systemd', '--command', command, '--', ...sweep]);
  if (code !== 0) throw new Error(err);
  return out.slice(0, out.indexOf('\n# criu-sweep.timer: '));
}

function withoutCapability(service: string, name: string): string {
  const [line = ''] = /^CapabilityBoundingSet=.*$/m.exec(service) ?? [];
  expect(line).toContain(name);
  return service.replace(line, line.replace(new RegExp(` ?${name}`), ''));
}

const PLANT = `
mkdir -p /var/lib/criu/deep /var/lib/other /home/.x 2>/dev/null || true
plant() { mkdir -p "$1"; mkdir -m 700 "$1/.criu.temp-aa-policy.$2"; touch -d '2 hours ago' "$1/.criu.temp-aa-policy.$2"; }
plant /tmp AAAAAA; plant /var/lib/criu/deep BBBBBB; plant /var/lib/other CCCCCC
mkdir /var/lib/criu/of-another; chown 4711:4711 /var/lib/criu/of-another; chmod 700 /var/lib/criu/of-another
plant /var/lib/criu/of-another DDDDDD
`;
const LEFT = 'find /tmp /var/lib -name ".criu*" | sort';

test('the service sweeps /tmp and /var/lib of the host, not private ones', async () => {
  const ran = await runService({
    units: { 'criu-sweep.service': await serviceOf('/tmp', '/var/lib/criu', '/var/lib/missing*') },
    prepare: PLANT,
    inspect: LEFT,
  });
  expect(
    ran.output
      .split('\n')
      .filter((line) => line.startsWith('removed'))
      .sort(),
  ).toEqual([
    'removed /tmp/.criu.temp-aa-policy.AAAAAA',
    'removed /var/lib/criu/deep/.criu.temp-aa-policy.BBBBBB',
    'removed /var/lib/criu/of-another/.criu.temp-aa-policy.DDDDDD',
  ]);
  expect(ran).toMatchObject({
    result: 'success 0',
    inspected: '/var/lib/other/.criu.temp-aa-policy.CCCCCC\n',
  });
});

test('with a private /tmp it would miss what lies there', async () => {
  const service = (await serviceOf('/tmp')).replace('PrivateTmp=no', 'PrivateTmp=yes');
  const ran = await runService({
    units: { 'criu-sweep.service': service },
    prepare: PLANT,
    inspect: 'ls -A /tmp',
  });
  expect(ran.result).toBe('success 0');
  expect(ran.inspected).toContain('.criu.temp-aa-policy.AAAAAA');
});

test('in its sandbox it sees who uses a directory, for which CAP_SYS_PTRACE is needed', async () => {
  const prepare = `${PLANT}
(cd /tmp/.criu.temp-aa-policy.AAAAAA; exec setpriv --reuid=4711 --regid=4711 --clear-groups sleep 1000) &`;
  const service = await serviceOf('-v', '/tmp');
  const sees = await runService({ units: { 'criu-sweep.service': service }, prepare, inspect: 'ls -A /tmp' });
  expect(sees.output).toMatch(/kept \/tmp\/\.criu\.temp-aa-policy\.AAAAAA: in-use \(pid \d+ sleep\)/);
  const without = withoutCapability(service, 'CAP_SYS_PTRACE');
  const blind = await runService({
    units: { 'criu-sweep.service': without },
    prepare,
    inspect: 'ls -A /tmp',
  });
  expect(blind.output).toContain('removed /tmp/.criu.temp-aa-policy.AAAAAA');
});

test('in its sandbox all else is read-only, and root has three capabilities at most', async () => {
  const ran = await runService({
    units: { 'criu-sweep.service': await serviceOf('--owner', 'any', '/tmp', '/var/lib/criu') },
    prepare: PLANT,
    probe:
      'exec 2>&1; touch /tmp/w /var/lib/criu/w; touch /var/lib/other/w /etc/w; rmdir /var/lib/other/.criu*; grep -E "CapBnd|NoNewPrivs|Seccomp:" /proc/self/status; ls /home; ls /sys/class/net',
    inspect: 'ls /tmp/w /var/lib/criu/w',
  });
  expect(ran.output).toContain("touch: cannot touch '/var/lib/other/w': Read-only file system");
  expect(ran.output).toContain("touch: cannot touch '/etc/w': Read-only file system");
  expect(ran.output).toMatch(/rmdir: failed to remove .*CCCCCC': Read-only file system/);
  // CAP_DAC_OVERRIDE is bit 1, CAP_FOWNER 3, CAP_SYS_PTRACE 19 (linux/capability.h).
  expect(ran.output).toContain(
    `CapBnd:\t${((1 << 1) | (1 << 3) | (1 << 19)).toString(16).padStart(16, '0')}`,
  );
  expect(ran.output).toMatch(/NoNewPrivs:\t1\nSeccomp:\t2\n/);
  expect(ran.inspected).toBe('/tmp/w\n/var/lib/criu/w\n');
});

test('without CAP_DAC_OVERRIDE it would fail on what lies in directories of others', async () => {
  const service = withoutCapability(await serviceOf('/var/lib/criu'), 'CAP_DAC_OVERRIDE');
  const ran = await runService({ units: { 'criu-sweep.service': service }, prepare: PLANT, inspect: LEFT });
  expect(ran.result).toBe('exit-code 3');
  expect(ran.inspected).toContain('/var/lib/criu/of-another/.criu.temp-aa-policy.DDDDDD');
});

test('leftovers of one user in a sticky directory of another go where --owner asks for them', async () => {
  const prepare = `${PLANT}
chown 1234 /var/lib/other; chmod 1777 /var/lib/other
chown 4711 /var/lib/other/.criu*; touch -d '2 hours ago' /var/lib/other/.criu*`;
  const service = await serviceOf('--owner', '4711', '/var/lib/other');
  const inspect = 'ls -A /var/lib/other';
  const ran = await runService({ units: { 'criu-sweep.service': service }, prepare, inspect });
  expect(ran).toMatchObject({ result: 'success 0', inspected: '' });
  const without = withoutCapability(service, 'CAP_FOWNER');
  const failed = await runService({ units: { 'criu-sweep.service': without }, prepare, inspect });
  expect(failed.result).toBe('exit-code 3');
});

test('reports and metrics are written into directories that are no targets', async () => {
  const service = await serviceOf('--metrics', '/var/tmp/criu_sweep_test.prom', '/var/lib/criu');
  expect(service).toContain('ReadWritePaths=-/var/tmp\n');
  const ran = await runService({
    units: { 'criu-sweep.service': service.replaceAll('/var/tmp', '/var/lib/metrics') },
    prepare: `${PLANT}\nmkdir /var/lib/metrics`,
    inspect: 'stat -c %a /var/lib/metrics/*; ls -A /var/lib/metrics',
  });
  expect(ran).toMatchObject({ result: 'success 0', inspected: '644\ncriu_sweep_test.prom\n' });
});

test('a service whose targets are named by paths with every kind of character sweeps those', async () => {
  const odd = `/var/lib/o d%d$HOME\${x}"q'\\b;#ü`;
  const service = await serviceOf(odd);
  const script = `mkdir "$(printf '%b' '${Buffer.from(odd).reduce((text, byte) => `${text}\\0${byte.toString(8)}`, '')}')"
cd /var/lib/o*; mkdir -m 700 .criu.temp-aa-policy.EEEEEE; touch -d '2 hours ago' .criu.temp-aa-policy.EEEEEE; cd /`;
  const ran = await runService({
    units: { 'criu-sweep.service': service },
    prepare: script,
    inspect: 'find /var/lib -name ".criu*"; ls /var/lib',
  });
  expect(ran.output).toMatch(/^removed \/var\/lib\/o d%d\$HOME.*EEEEEE$/m);
  expect(ran).toMatchObject({ result: 'success 0', inspected: `${odd.slice('/var/lib/'.length)}\n` });
});
