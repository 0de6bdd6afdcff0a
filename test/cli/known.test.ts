import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { onEmptyHost } from '../support/empty-host.ts';
import { leftoverName } from '../support/leftovers.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { asUser } from '../support/wrap.ts';

const name = leftoverName();
/** A shell's commands that make an old leftover in a directory of the known places, all of which begin empty. */
const leave = (dir: string, leftover = name) =>
  `mkdir -p ${dir}/${leftover}; chmod 0700 ${dir}/${leftover}; touch -d '2 hours ago' ${dir}/${leftover}`;
const podman = '/var/lib/containers/storage/overlay-containers/abc/userdata';

test('--known sweeps the places that exist, and says nothing of the others', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = onEmptyHost([leave('/tmp/deep/er'), leave(podman), leave('/run/runc/c1/criu.work')]);
  const { report, code, err } = await sweep(['--known'], { wrap });
  expect(outcomes(report, '')).toEqual({
    [`run/runc/c1/criu.work/${name}`]: 'removed',
    [`${podman.slice(1)}/${name}`]: 'removed',
    [`tmp/deep/er/${name}`]: 'removed',
  });
  expect(report.targets.map(({ path, status }) => [path, status])).toEqual([
    ['/run/runc/c1/criu.work', 'swept'],
    [podman, 'swept'],
    ['/tmp', 'swept'],
  ]);
  expect([code, err]).toEqual([0, '']);
});

test('a place beside the work dirs, where a container has its files, is not entered', async (context) => {
  need(context, 'root', 'namespaces');
  const rootfs = '/var/lib/containers/storage/overlay/abc/diff';
  const { report } = await sweep(['--known'], { wrap: onEmptyHost([leave(rootfs), 'mkdir /var/lib/lxc']) });
  expect(report.items).toEqual([]);
});

test('a target that is a known place as well is swept and reported once', async (context) => {
  need(context, 'root', 'namespaces');
  const { report } = await sweep(['--known', '/tmp'], { wrap: onEmptyHost([leave('/tmp')]) });
  expect(report.targets.map(({ path }) => path)).toEqual(['/tmp']);
  expect(outcomes(report, '/tmp')).toEqual({ [name]: 'removed' });
});

test('a target that is missing is said also beside --known', async (context) => {
  need(context, 'root', 'namespaces');
  const { code, err } = await run(['--known', '/missing'], { wrap: onEmptyHost([]) });
  expect(err).toContain('/missing: ENOENT');
  expect(code).toBe(3);
});

test('for a user, known places that are closed to him are passed over, and his own are swept', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = [
    ...onEmptyHost([
      'mkdir -p /var/lib/containerd/io.containerd.runtime.v2.task /var/lib/containers/storage',
      'chmod 0700 /var/lib/containers /var/lib/containerd/io.containerd.runtime.v2.task',
      'mkdir -p "/tmp/home/.local/share/containers" "/run/user/[1]"',
      `mkdir -m 0700 /tmp/home/.local/share/containers/${name} '/run/user/[1]/${name}'`,
      "touch -d '2 hours ago' /tmp/home/.local/share/containers/.criu* /run/user/*/.criu*",
      'chown -R 65534:65534 /tmp/home /run/user',
    ]),
    ...asUser(65534),
  ];
  const env = { HOME: '/tmp/home', XDG_RUNTIME_DIR: '/run/user/[1]' };
  const { report, code, err } = await sweep(['--known'], { wrap, env });
  expect(outcomes(report, '')).toEqual({
    [`tmp/home/.local/share/containers/${name}`]: 'removed',
    [`run/user/[1]/${name}`]: 'removed',
  });
  expect([code, err, report.errors]).toEqual([0, '', []]);
});

test('an XDG_RUNTIME_DIR where nothing is ever swept is passed over', async (context) => {
  need(context, 'root', 'namespaces');
  const env = { XDG_RUNTIME_DIR: '/proc/self', HOME: '/' };
  const wrap = [...onEmptyHost([]), ...asUser(65534)];
  const { report, code } = await sweep(['--known', '--dry-run'], { wrap, env });
  expect(report.targets.map(({ path }) => path)).toEqual(['/tmp']);
  expect(code).toBe(0);
});

test('for a user, what he may not read below a known place is no error; below a target it is', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = [
    ...onEmptyHost([
      'mkdir -m 0700 /tmp/a /tmp/b /tmp/c',
      leave('/tmp/mine'),
      'chmod 755 /tmp/mine',
      'chown -R 65534 /tmp/mine',
    ]),
    ...asUser(65534),
  ];
  const known = await sweep(['--known'], { wrap });
  expect([known.code, known.err, known.report.errors]).toEqual([0, '', []]);
  expect(outcomes(known.report, '/tmp')).toEqual({ [`mine/${name}`]: 'removed' });
  const named = await sweep(['/tmp'], { wrap });
  expect([named.code, named.report.errors.length]).toEqual([3, 3]);
});

test('--known works where neither HOME nor a passwd entry names a home', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = [...onEmptyHost([]), ...asUser(54321), 'env', '-u', 'HOME'];
  const { code, report } = await sweep(['--known'], { wrap });
  expect([code, report.targets.map(({ path }) => path)]).toEqual([0, ['/tmp']]);
});
