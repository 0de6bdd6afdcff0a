import { describe, expect, test } from 'vitest';
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
  const { report } = await sweep(['--known', '/tmp'], { wrap: onEmptyHost([leave('/tmp/deep')]) });
  expect(report.targets.map(({ path }) => path)).toEqual(['/tmp']);
  expect(outcomes(report, '/tmp')).toEqual({ [`deep/${name}`]: 'removed' });
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
      'mkdir -p -m 0700 /tmp/a /tmp/b /tmp/c; mkdir /tmp/a/more /tmp/b/more /tmp/c/more',
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

test('/tmp is searched four levels deep, where somebody names it all of it', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = onEmptyHost([leave('/tmp/a/b/c'), leave('/tmp/a/b/c/d')]);
  const fourth = `a/b/c/${name}`;
  const { report } = await sweep(['--known', '-n'], { wrap });
  expect(outcomes(report, '/tmp')).toEqual({ [fourth]: 'would-remove' });
  const named = await sweep(['--known', '-n', '/tmp'], { wrap });
  expect(Object.keys(outcomes(named.report, '/tmp'))).toEqual([fourth, `a/b/c/d/${name}`]);
  const shallow = await sweep(['--known', '-n', '--max-depth', '3'], { wrap });
  expect(shallow.report.items).toEqual([]);
});

const CRI = '/var/lib/containerd/io.containerd.grpc.v1.cri/containers';

test('what containers wrote into volumes is not entered, but where somebody names what is above', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = onEmptyHost([leave(`${CRI}/c1`), leave(`${CRI}/c1/volumes/v`), leave(`${CRI}/c1/volumes`)]);
  const { report } = await sweep(['--known', '-n'], { wrap });
  expect(Object.keys(outcomes(report, CRI))).toEqual([`c1/${name}`]);
  const named = await sweep(['--known', '-n', '/var/lib'], { wrap });
  expect(Object.keys(outcomes(named.report, CRI)).sort()).toEqual([
    `c1/${name}`,
    `c1/volumes/${name}`,
    `c1/volumes/v/${name}`,
  ]);
});

test('the options of the scan hold beside the bounds of a known place', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = onEmptyHost([leave(`${CRI}/c1`), leave(`${CRI}/c2`), leave(`${CRI}/c1/volumes/v`)]);
  const { report } = await sweep(['--known', '-n', '--exclude', 'c2'], { wrap });
  expect(Object.keys(outcomes(report, CRI))).toEqual([`c1/${name}`]);
  const excluded = await sweep(['--known', '-n', '--exclude', `*/${name}`], { wrap });
  expect(outcomes(excluded.report, CRI)).toEqual({
    [`c1/${name}`]: 'kept: excluded',
    [`c2/${name}`]: 'kept: excluded',
  });
  expect((await sweep(['--known', '-n', '--max-depth', '1'], { wrap })).report.items).toEqual([]);
});

test('of a user’s podman the layers of images and the volumes are not entered', async (context) => {
  need(context, 'root', 'namespaces', 'setpriv');
  const storage = '/tmp/home/.local/share/containers/storage';
  const own = [`overlay-containers/c/userdata`, 'vfs-containers/c/userdata', '.'];
  const others = ['overlay/l/diff/tmp', 'volumes/v/_data', 'overlay-images/i'];
  const wrap = [
    ...onEmptyHost([
      ...[...own, ...others].map((dir) => leave(`${storage}/${dir}`)),
      'chown -R 65534:65534 /tmp/home',
    ]),
    ...asUser(65534),
  ];
  // The user's home is not in /tmp, whose four levels are others.
  const { report } = await sweep(['--known', '-n'], { wrap, env: { HOME: '/tmp/home' } });
  expect(Object.keys(outcomes(report, storage)).sort()).toEqual([
    name,
    `overlay-containers/c/userdata/${name}`,
    `vfs-containers/c/userdata/${name}`,
  ]);
});

test.each([
  ['snap-private-tmp/snap.lxd/tmp', 'lxd_checkpoint_1/final'],
  ['snap.lxd/tmp', 'lxd_checkpoint_1/final'],
  ['snap-private-tmp/snap.docker/tmp', '.'],
])('a snap’s own /tmp is searched: %s', async (tmp, below) => {
  const wrap = onEmptyHost([leave(`/tmp/${tmp}/${below}`)]);
  const { report } = await sweep(['--known', '-n'], { wrap });
  expect(report.items.length).toBe(1);
});

test('no link in /tmp is followed on the way to a known place', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = onEmptyHost([
    leave('/var/lib/other/tmp'),
    leave('/var/lib/other/snap.lxd/tmp'),
    'ln -s /var/lib/other /tmp/snap.lxd; ln -s /var/lib/other /tmp/snap-private-tmp',
    'mkdir /tmp/snap.lxx; ln -s /var/lib/other/tmp /tmp/snap.lxx/tmp',
  ]);
  const { report, code } = await sweep(['--known', '-n'], { wrap });
  expect([report.items, code]).toEqual([[], 0]);
});

describe('roots that configuration files move', () => {
  const write = (file: string, text: string) =>
    `mkdir -p $(dirname ${file}); printf '%s\n' '${text}' > ${file}`;
  const host = (...commands: string[]) =>
    onEmptyHost(
      ['mkdir -p /var/lib/moved', ...commands],
      ['/etc/docker', '/etc/containerd', '/etc/containers'],
    );
  const task = 'io.containerd.runtime.v2.task/moby/c1';

  test.each([
    [
      'Docker’s',
      write('/etc/docker/daemon.json', '{"log-level": "info", "data-root": "/var/lib/moved/d//"}'),
      `/var/lib/moved/d/containerd/daemon/${task}`,
    ],
    [
      'Docker’s, behind a byte order mark',
      write('/etc/docker/daemon.json', '\ufeff{"data-root": "/var/lib/moved/d"}'),
      `/var/lib/moved/d/containerd/daemon/${task}`,
    ],
    [
      'containerd’s',
      write('/etc/containerd/config.toml', 'version = 2\nroot = "/var/lib/moved/c"\n[plugins]\n'),
      `/var/lib/moved/c/${task}`,
    ],
    [
      'the storage of podman and CRI-O',
      write('/etc/containers/storage.conf', '[storage]\ndriver = "overlay"\ngraphroot = "/var/lib/moved/g"'),
      '/var/lib/moved/g/overlay-containers/c1/userdata',
    ],
    [
      'their run dir, with glob characters',
      write('/etc/containers/storage.conf', '[storage]\nrunroot = "/var/lib/moved/[r]*"'),
      '/var/lib/moved/[r]*/overlay-containers/c1/userdata',
    ],
  ])('%s', async (_, configure, dir) => {
    const beside = dir.replace('[r]*', 'r');
    const wrap = host(
      configure.replaceAll('\\n', '\n'),
      leave(`'${dir}'`),
      beside === dir ? '' : leave(beside),
    );
    const { report, code, err } = await sweep(['--known'], { wrap });
    expect(outcomes(report, '')).toEqual({ [`${dir.slice(1)}/${name}`]: 'removed' });
    expect([code, err]).toEqual([0, '']);
  });

  test.each([
    ['to /', '{"data-root": "/"}', 'forbidden'],
    ['to / by another way', '{"data-root": "/var/..//"}', 'forbidden'],
    ['into /proc', '{"data-root": "/proc/1/root/var/lib/docker"}', 'forbidden'],
    ['to a relative path', '{"data-root": "var/lib"}', 'malformed'],
    ['to a path that no system call takes', '{"data-root": "/var/lib/mo\\u0000ved"}', 'malformed'],
    ['to no path', '{"data-root": ["/var/lib/moved"]}', 'malformed'],
    ['by a file that is cut off', '{"data-root": "/var', 'malformed'],
    ['by a file that is no object', '[]', null],
    ['by a file that is empty', '', null],
    ['by a file that is blank', ' \n\t\n', null],
    ['by an empty value', '{"data-root": ""}', null],
  ])('moved %s: the usual places are swept all the same', async (_, text, code) => {
    const usual = `/var/lib/docker/containerd/daemon/${task}`;
    const wrap = host(write('/etc/docker/daemon.json', text), leave(usual), leave('/var/lib/moved'));
    const { report, err } = await sweep(['--known'], { wrap });
    expect(outcomes(report, '')).toEqual({ [`${usual.slice(1)}/${name}`]: 'removed' });
    expect(report.errors.map((error) => [error.path, error.code])).toEqual(
      code === null ? [] : [['/etc/docker/daemon.json', code]],
    );
    expect(report.exitCode).toBe(code === null ? 0 : 3);
    if (code !== null) expect(err).toContain('criu-sweep: /etc/docker/daemon.json: ');
  });

  test('a unit may write there; a pod’s node has roots of its own', async () => {
    const wrap = host(write('/etc/docker/daemon.json', '{"data-root": "/var/lib/moved"}'));
    const systemd = await run(['schedule', 'systemd', '--', '--known'], { wrap });
    expect(systemd.out).toContain('\nReadWritePaths=-/var/lib/moved/containers\n');
    const pod = ['schedule', 'kubernetes', '--image', 'criu-sweep:1', '--', '--known'];
    expect((await run(pod, { wrap })).out).not.toContain('moved');
  });

  test.each([
    ['a FIFO', 'mkfifo /etc/docker/daemon.json', 'EINVAL'],
    ['a directory', 'mkdir /etc/docker/daemon.json', 'EINVAL'],
    ['a link to a terminal', 'ln -s /dev/tty /etc/docker/daemon.json', null],
    ['a link to /dev/zero', 'ln -s /dev/zero /etc/docker/daemon.json', 'EINVAL'],
    ['too large', 'head -c 1048577 /dev/zero > /etc/docker/daemon.json', 'EFBIG'],
    ['a link that leads to itself', 'ln -s daemon.json /etc/docker/daemon.json', 'ELOOP'],
    ['a link that leads nowhere', 'ln -s nowhere /etc/docker/daemon.json', undefined],
    ['deep', 'printf "[%.0s" $(seq 100000) > /etc/docker/daemon.json', 'malformed'],
  ])('a file that is %s is said, and not waited for', async (_, make, code) => {
    const { report } = await sweep(['--known', '-n'], { wrap: host(make), timeoutMs: 45_000 });
    const codes = report.errors.map((error) => error.code);
    if (code === null) expect(codes.length).toBe(1);
    else expect(codes).toEqual(code === undefined ? [] : [code]);
  });

  test('a user who may not read one is not told', async (context) => {
    need(context, 'root', 'namespaces', 'setpriv');
    const close = 'chmod 0600 /etc/docker/daemon.json';
    const wrap = [...host(write('/etc/docker/daemon.json', '{'), close), ...asUser(65534)];
    expect(await sweep(['--known', '-n'], { wrap, env: { HOME: '/' } })).toMatchObject({ code: 0, err: '' });
  });
});
