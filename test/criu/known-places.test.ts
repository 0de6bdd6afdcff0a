import { expect, test } from 'vitest';
import { workDirGlobs } from '../../src/criu/engine-dirs.ts';
import { knownTargets } from '../../src/criu/known-targets.ts';
import {
  ALL,
  boundsText,
  KNOWN_WORK_DIRS,
  MOVABLE_ROOTS,
  type WorkDirBounds,
} from '../../src/criu/work-dirs.ts';

const NO_VOLUMES: WorkDirBounds = { mounts: true, maxDepth: null, exclude: ['*/volumes'] };
const IN_TMP: WorkDirBounds = { mounts: false, maxDepth: 4, exclude: [] };
const WHOLE: WorkDirBounds = { mounts: true, maxDepth: null, exclude: [] };

const containerd = (caller: string, root: string) => [
  [caller, `${root}/io.containerd.runtime.v2.task`, WHOLE],
  [caller, `${root}/io.containerd.runtime.v1.linux`, WHOLE],
  [caller, `${root}/io.containerd.grpc.v1.cri/containers`, NO_VOLUMES],
];

/** The places of `--known`, written down a second time. */
const PLACES = [
  ['runc 1.1 and later,crun', null, WHOLE],
  ['runc 1.0', '/run/runc/*/criu.work', WHOLE],
  ['podman,CRI-O', '/var/lib/containers/storage/*-containers/*/userdata', WHOLE],
  ['CRI-O', '/run/containers/storage/*-containers/*/userdata', WHOLE],
  ...containerd('containerd', '/var/lib/containerd'),
  ...containerd('Docker', '/var/lib/docker/containerd/daemon'),
  ...containerd('Docker (snap)', '/var/snap/docker/common/var-lib-docker/containerd/daemon'),
  ...containerd('k3s', '/var/lib/rancher/k3s/agent/containerd'),
  ...containerd('RKE2', '/var/lib/rancher/rke2/agent/containerd'),
  ...containerd('k0s', '/var/lib/k0s/containerd'),
  ...containerd('microk8s', '/var/snap/microk8s/common/var/lib/containerd'),
  ['zeropod', '/var/lib/zeropod/i/*/work', WHOLE],
  ['Docker up to 17.03', '/var/lib/docker/containers/*/checkpoints/*/criu.work', WHOLE],
  ['LXC', null, WHOLE],
  ['Incus', '/var/lib/incus/storage-pools/*/containers/*/state', WHOLE],
  ['LXD', '/var/lib/lxd/storage-pools/*/containers/*/state', WHOLE],
  ['LXD (snap)', '/var/snap/lxd/common/lxd/storage-pools/*/containers/*/state', WHOLE],
  ['LXD (snap)', '/tmp/snap-private-tm?/snap.lxd/tmp', IN_TMP],
  ['LXD (snap)', '/tmp/snap.lx?/tmp', IN_TMP],
  ['CRIU,Incus,LXD', '/tmp', IN_TMP],
];

test('the known places are these, each as far as it is searched', () => {
  const places = KNOWN_WORK_DIRS.map(({ callers, target, bounds }) => [callers.join(), target, bounds]);
  expect(places).toEqual(PLACES);
  expect(ALL).toEqual(WHOLE);
});

test('these roots are moved by these files', () => {
  expect(
    MOVABLE_ROOTS.map(({ directory, file, format, keys }) => [directory, file, format, ...keys]),
  ).toEqual([
    ['/var/lib/docker', '/etc/docker/daemon.json', 'json', 'data-root'],
    ['/var/lib/containerd', '/etc/containerd/config.toml', 'toml', 'root'],
    ['/var/lib/containers/storage', '/etc/containers/storage.conf', 'toml', 'storage', 'graphroot'],
    ['/run/containers/storage', '/etc/containers/storage.conf', 'toml', 'storage', 'runroot'],
  ]);
});

test('a place without wildcards is taken literally, and of another nothing is', () => {
  const places = knownTargets({ uid: 0, home: undefined, env: {} });
  const at = (path: string) => places.filter(({ base, glob }) => `${base}${glob ?? ''}` === path);
  expect(at('/tmp')).toMatchObject([{ base: '/tmp', glob: null }]);
  expect(at('/run/runc/*/criu.work')).toMatchObject([{ base: '', glob: '/run/runc/*/criu.work' }]);
  expect(at('/tmp/snap.lx?/tmp')).toMatchObject([{ base: '', glob: '/tmp/snap.lx?/tmp' }]);
});

test('a user’s own places leave out images, volumes and what podman downloads', () => {
  const user = { uid: 7, home: '/home/me//', env: { XDG_RUNTIME_DIR: '/run/user/7' } };
  const exclude = ['storage/!(*-containers)', 'cache', 'podman'];
  const own = { callers: ['podman'], glob: null };
  expect(knownTargets(user).slice(-2)).toEqual([
    { ...own, base: '/home/me/.local/share/containers', bounds: { ...WHOLE, exclude } },
    { ...own, base: '/run/user/7', bounds: WHOLE },
  ]);
  const none = { uid: 7, home: 'home/', env: { XDG_RUNTIME_DIR: 'run/' } };
  expect(knownTargets(none)).toEqual(knownTargets({ ...none, uid: 0 }));
});

test.each([
  [WHOLE, null],
  [IN_TMP, '4 levels deep'],
  [NO_VOLUMES, 'without */volumes'],
  [{ ...WHOLE, exclude: ['a', 'b'] }, 'without a, b'],
])('%j is said as %j', (bounds, text) => {
  expect(boundsText(bounds)).toBe(text);
});

const HOST = knownTargets({ uid: 7, home: '/home/me', env: { XDG_RUNTIME_DIR: '/run/user/7' } });
const below = (root: string) => [
  ...['v2.task', 'v1.linux'].flatMap((version) =>
    ['/*/*', '/*/*/criu-work'].map((end) => `${root}/io.containerd.runtime.${version}${end}`),
  ),
  ...['/*', '/*/ctrd-checkpoint'].map((end) => `${root}/io.containerd.grpc.v1.cri/containers${end}`),
];
const inTmp = (tmp: string) =>
  ['incus', 'lxd'].flatMap((name) =>
    ['checkpoint', 'restore'].flatMap((what) => ['', '/*'].map((end) => `${tmp}/${name}_${what}_*${end}`)),
  );

test.each([
  ['containerd', below('/var/lib/containerd')],
  ['k3s', below('/var/lib/rancher/k3s/agent/containerd')],
  [
    'Docker',
    [
      ...below('/var/lib/docker/containerd/daemon'),
      ...below('/var/snap/docker/common/var-lib-docker/containerd/daemon'),
      '/var/lib/docker/containers/*/checkpoints/*/criu.work',
    ],
  ],
  ['Docker up', ['/var/lib/docker/containers/*/checkpoints/*/criu.work']],
  ['Dock', []],
  [
    'podman',
    [
      '/var/lib/containers/storage/*-containers/*/userdata',
      '/home/me/.local/share/containers/storage/*-containers/*/userdata',
    ],
  ],
  [
    'LXD',
    [
      '/var/lib/lxd/storage-pools/*/containers/*/state',
      '/var/snap/lxd/common/lxd/storage-pools/*/containers/*/state',
      ...inTmp('/tmp/snap-private-tm?/snap.lxd/tmp'),
      ...inTmp('/tmp/snap.lx?/tmp'),
      ...inTmp('/tmp'),
    ],
  ],
  ['LXC', []],
])('%s has CRIU work in these directories, and nowhere else', (caller, globs) => {
  expect(workDirGlobs([caller], HOST)).toEqual(globs);
});

test('a root whose name is like a glob is left out', () => {
  const place = { callers: ['x'], bounds: ALL };
  const places = [
    { ...place, base: '/a*', glob: '/*/work' },
    { ...place, base: '/a?', glob: null },
    { ...place, base: '/a', glob: null },
    { ...place, base: '/a', glob: '/*/work' },
  ];
  expect(workDirGlobs(['x'], places)).toEqual(['/a/*/work']);
});
