import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { DaemonSet } from 'kubernetes-models/apps/v1';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { can, need } from '../support/abilities.ts';
import { type Ended, program, run, startProgram } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { makeScratch, removeScratch, scratch } from '../support/scratch.ts';

beforeEach((context) => need(context, 'root', 'buildah', 'podman', 'strip'));

/** Stores and a cgroup of our own: this machine's images and containers are left alone. */
let stores = '';
const cgroup = `criu-sweep-test-${process.pid}`;
const podman = (...args: readonly string[]) => [
  ...['podman', '--root', `${stores}/store`, '--runroot', `${stores}/run`, '--storage-driver', 'vfs'],
  ...['--cgroup-manager', 'cgroupfs', ...args],
];
let image = '';

beforeAll(async () => {
  stores = makeScratch('/var/tmp');
  if (!can('podman') || inject('packed').image === '') return;
  const { out } = await program(podman('load', '--quiet', '--input', inject('packed').image));
  image = out.replace(/^Loaded image: /, '').trim();
});

afterAll(async () => {
  await startProgram([
    'sh',
    '-c',
    `for d in /sys/fs/cgroup/${cgroup} /sys/fs/cgroup/*/${cgroup}; do
    find "$d" -depth -type d -exec rmdir {} + 2>/dev/null; done`,
  ]).ended;
  removeScratch(stores);
});

/** Runs the container that `schedule kubernetes` describes, with what of the manifest podman can say. */
async function runDaemonSet(...sweep: readonly string[]): Promise<Ended> {
  const printed = await run(['schedule', 'kubernetes', '--image', image, '--', ...sweep]);
  expect(printed).toMatchObject({ code: 0, err: '' });
  const pod = new DaemonSet(parse(printed.out)).spec?.template.spec;
  const container = pod?.containers[0];
  const security = container?.securityContext;
  expect(pod?.hostPID).toBe(true);
  expect(security).toMatchObject({
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    runAsUser: 0,
  });
  // Sweeps once: the words but for the interval.
  const words = container?.command?.filter(
    (word, at, all) => word !== '--every' && all[at - 1] !== '--every',
  );
  return startProgram(
    podman(
      ...[
        'run',
        '--rm',
        '--runtime',
        'runc',
        '--cgroup-parent',
        `/${cgroup}`,
        '--network',
        'none',
        '--pid',
        'host',
      ],
      // Limits that are not above this machine's own: to raise one takes a right that not every root has.
      ...[
        '--ulimit',
        'nofile=1024:1024',
        '--ulimit',
        'nproc=4096:4096',
        '--read-only',
        '--read-only-tmpfs=false',
      ],
      ...[
        '--security-opt',
        'no-new-privileges',
        '--security-opt',
        'apparmor=unconfined',
        '--cap-drop',
        'all',
      ],
      ...(security?.capabilities?.add ?? []).flatMap((name) => ['--cap-add', name]),
      ...(container?.volumeMounts ?? []).flatMap(({ mountPath }) => [
        '--volume',
        `${mountPath}:${mountPath}:rslave`,
      ]),
      ...['--memory', '256m', '--user', '0:0', '--entrypoint', JSON.stringify(words), image],
    ),
  ).ended;
}

test("it sweeps the host's directories, as the DaemonSet runs it", async () => {
  const host = scratch('/var/tmp');
  const leftover = plantLeftover(`${host}`);
  mkdirSync(`${host}/deep/er`, { recursive: true });
  plantLeftover(`${host}/deep/er`);
  const { code, out, err } = await runDaemonSet('--json', host);
  expect({ code, err }).toMatchObject({ code: 0 });
  const report = reportOf(out);
  expect(report.summary).toMatchObject({ matched: 2, removed: 2, failed: 0 });
  expect(report.inUse).toMatchObject({ checked: true, foreignPidNamespace: false });
  expect(existsSync(leftover)).toBe(false);
  expect(readdirSync(`${host}/deep/er`)).toEqual([]);
});

test("it sees who uses a directory, among the host's processes", async () => {
  const host = scratch('/var/tmp');
  const leftover = plantLeftover(host);
  const user = startProgram(['sleep', '100'], { cwd: leftover });
  try {
    const report = reportOf((await runDaemonSet('--json', host)).out);
    expect(report.items[0]).toMatchObject({ outcome: 'kept' });
    expect(report.items[0]?.reasons).toContainEqual(
      expect.objectContaining({ why: 'in-use', pid: user.pid }),
    );
  } finally {
    user.kill('SIGKILL');
  }
});

test('the command, its libraries and their licences are in it, and nothing else', async () => {
  const dir = scratch('/var/tmp');
  await program([
    'sh',
    '-ec',
    `cd ${dir}; tar xf ${inject('packed').image}
    for blob in blobs/sha256/*; do gzip -dc "$blob" 2>/dev/null | tar t 2>/dev/null || :; done >files`,
  ]);
  const files = (await program(['grep', '-v', '/$', `${dir}/files`])).out.trim().split('\n');
  const others = files.filter(
    (path) => !/^(?:usr\/share\/doc\/[^/]+\/copyright|var\/lib\/dpkg\/status\.d\/[^/]+)$/.test(path),
  );
  expect(others.map((path) => path.replace(/.*\//, '')).toSorted()).toEqual([
    'criu-sweep',
    'ld-linux-x86-64.so.2',
    'libc.so.6',
    'libdl.so.2',
    'libgcc_s.so.1',
    'libm.so.6',
    'libpthread.so.0',
    'libstdc++.so.6',
  ]);
});

test('it says what it is, by labels, and names no user of its own', async () => {
  const { out } = await program(podman('image', 'inspect', image));
  const [{ Config: config, Size: size }] = JSON.parse(out);
  expect(config).toMatchObject({ User: '0:0', Entrypoint: ['/usr/bin/criu-sweep'], Env: ['PATH=/usr/bin'] });
  expect(config.Labels).toMatchObject({
    'org.opencontainers.image.title': 'criu-sweep',
    'org.opencontainers.image.version': manifest.version,
    'org.opencontainers.image.source': manifest.homepage.replace(/#.*/, ''),
    'org.opencontainers.image.licenses': expect.stringContaining('MIT'),
  });
  expect(size).toBeLessThan(125e6);
  expect(image).toBe(`${manifest.image}:${manifest.version}`.toLowerCase());
});
