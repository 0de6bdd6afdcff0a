import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fg from 'fast-glob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, knownTargets } from '../../src/criu/known-targets.ts';
import { KNOWN_WORK_DIRS, MOVABLE_ROOTS } from '../../src/criu/work-dirs.ts';

/** The known targets as people write them. */
const written = (...asked: Parameters<typeof knownTargets>) =>
  knownTargets(...asked).map(({ base, glob }) => `${base}${glob ?? ''}`);
const ROOT: Caller = { uid: 0, home: '/root', env: { XDG_RUNTIME_DIR: '/run/user/0' } };

describe('the known work dirs', () => {
  it.each([
    'runc',
    'crun',
    'podman',
    'CRI-O',
    'containerd',
    'Docker',
    'LXC',
    'Incus',
    'LXD',
    'k3s',
    'RKE2',
    'k0s',
    'microk8s',
    'zeropod',
  ])('have a row for %s', (caller) => {
    const words = KNOWN_WORK_DIRS.flatMap(({ callers }) => callers.map((it) => it.split(' ')[0]));
    expect(words).toContain(caller);
  });

  it('are absolute, each once, and none is refused by a sweep', () => {
    const targets = written(ROOT);
    expect(new Set(targets).size).toBe(targets.length);
    for (const target of targets) expect(target).toMatch(/^\/(?!proc|sys|dev)[^/]+(\/[^/]+)*$/);
  });

  it('are the same for root whatever its environment', () => {
    expect(knownTargets(ROOT)).toEqual(knownTargets({ uid: 0, home: undefined, env: {} }));
    expect(written(ROOT)).toContain('/tmp');
  });

  it('are more for another user', () => {
    const more = written({
      uid: 1000,
      home: '/home/al[i]ce/',
      env: { XDG_RUNTIME_DIR: '/run/user/1000' },
    });
    expect(more).toEqual([...written(ROOT), '/home/al[i]ce/.local/share/containers', '/run/user/1000']);
  });

  it('leave out what is not set or not absolute', () => {
    expect(knownTargets({ uid: 1000, home: undefined, env: {} })).toEqual(knownTargets(ROOT));
    expect(knownTargets({ uid: 1000, home: '', env: { XDG_RUNTIME_DIR: 'run' } })).toEqual(
      knownTargets(ROOT),
    );
  });
});

describe('a root that was moved', () => {
  const moved = (directory: string, to: string) => {
    const from = MOVABLE_ROOTS.find((root) => root.directory === directory);
    if (from === undefined) throw new Error(`no root ${directory}`);
    return written(ROOT, [{ from, to }]).filter((target) => !written(ROOT).includes(target));
  };

  it('has all that is known below it, beside where it is usually', () => {
    expect(moved('/var/lib/docker', '/srv/d')).toEqual([
      '/srv/d/containerd/daemon/io.containerd.runtime.v2.task',
      '/srv/d/containerd/daemon/io.containerd.runtime.v1.linux',
      '/srv/d/containerd/daemon/io.containerd.grpc.v1.cri/containers',
      '/srv/d/containers/*/checkpoints/*/criu.work',
    ]);
    expect(moved('/var/lib/containers/storage', '/srv')).toEqual(['/srv/*-containers/*/userdata']);
  });

  it.each(MOVABLE_ROOTS)('$directory has known places', ({ directory }) => {
    expect(moved(directory, '/srv').length).toBeGreaterThan(0);
  });
});

describe('the places CRIU’s callers let it work, in a tree', () => {
  const WORKED_IN = [
    '/run/runc/c1/criu.work',
    '/var/lib/containers/storage/overlay-containers/c1/userdata',
    '/var/lib/containers/storage/vfs-containers/c1/userdata',
    '/run/containers/storage/overlay-containers/c1/userdata',
    '/var/lib/containerd/io.containerd.runtime.v2.task/k8s.io/c1/criu-work',
    '/var/lib/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/c1/criu-work',
    '/var/lib/containerd/io.containerd.grpc.v1.cri/containers/c1',
    '/var/lib/docker/containers/c1/checkpoints/cp/criu.work',
    '/var/lib/incus/storage-pools/default/containers/c1/state',
    '/var/lib/lxd/storage-pools/default/containers/c1/state',
    '/var/snap/lxd/common/lxd/storage-pools/default/containers/c1/state',
    '/var/lib/containerd/io.containerd.runtime.v1.linux/k8s.io/c1',
    '/var/lib/rancher/k3s/agent/containerd/io.containerd.runtime.v2.task/k8s.io/c1/criu-work',
    '/var/lib/rancher/rke2/agent/containerd/io.containerd.grpc.v1.cri/containers/c1/ctrd-checkpoint',
    '/var/lib/k0s/containerd/io.containerd.runtime.v2.task/k8s.io/c1',
    '/var/snap/microk8s/common/var/lib/containerd/io.containerd.grpc.v1.cri/containers/c1',
    '/var/snap/docker/common/var-lib-docker/containerd/daemon/io.containerd.runtime.v2.task/moby/c1',
    '/var/lib/zeropod/i/c1/work',
    '/tmp/snap-private-tmp/snap.lxd/tmp/lxd_checkpoint_1/final',
    '/tmp/snap.lxd/tmp/lxd_restore_1',
    '/tmp/lxd_checkpoint_1',
    '/tmp/incus_checkpoint_1',
    '/tmp/incus_restore_1',
  ];
  const CONTAINERS_OWN = [
    '/var/lib/zeropod/i/c1/rootfs',
    '/var/lib/rancher/k3s/agent/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs',
    '/var/lib/containers/storage/overlay/l1/merged',
    '/var/lib/docker/overlay2/l1/merged',
    '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs',
    '/run/containerd/io.containerd.runtime.v2.task/k8s.io/c1/rootfs',
    '/run/runc/c1/criu-root',
    '/var/lib/incus/storage-pools/default/containers/c1/rootfs',
  ];
  let root: string;
  let targets: string[];
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'criu-sweep-test-'));
    for (const dir of [...WORKED_IN, ...CONTAINERS_OWN]) mkdirSync(root + dir, { recursive: true });
    targets = await fg(
      written(ROOT).map((target) => root + target),
      { onlyDirectories: true, dot: true, followSymbolicLinks: false },
    );
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const isSwept = (dir: string) => targets.some((target) => `${root}${dir}/`.startsWith(`${target}/`));

  it.each(WORKED_IN)('%s is in or below a target', (dir) => expect(isSwept(dir)).toBe(true));
  it.each(CONTAINERS_OWN)('%s is not', (dir) => expect(isSwept(dir)).toBe(false));
});
