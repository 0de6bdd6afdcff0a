import { expect, test } from 'vitest';
import { findCaller } from '../../src/criu/callers.ts';
import { knownTargets } from '../../src/criu/known-targets.ts';
import { engineGlobs, saidWorkDirs } from '../../src/criu/said-work-dirs.ts';
import { MOVABLE_ROOTS } from '../../src/criu/work-dirs.ts';
import { toText } from '../../src/linux/bytes.ts';

/** A command line, and the directories that CRIU works in when it runs. */
const COMMAND_LINES: readonly (readonly [string, readonly string[]])[] = [
  // CRIU: the work dir, in every spelling of getopt_long(3)
  ['criu dump -t 1 -D img -W work', ['work']],
  ['criu dump -t 1 -W work -D img', ['work']],
  ['criu dump -t 1 -Wwork -Dimg', ['work']],
  ['criu dump -t 1 --work-dir work --images-dir img', ['work']],
  ['criu dump -t 1 --work-dir=work --images-dir=img', ['work']],
  ['criu dump --work work', ['work']],
  ['criu dump --wo=work', ['work']],
  ['criu dump --im img', ['img']],
  ['criu -W work dump -t 1', ['work']],
  ['criu dump -RW work -t 1', ['work']],
  ['criu dump -RjlWwork', ['work']],
  ['criu dump -W a -W b', ['b']],
  ['criu dump --work-dir a -Wb --work-dir=c', ['c']],
  ['criu dump -W /var/lib/criu/4711', ['/var/lib/criu/4711']],
  ['criu dump -W ../x', ['../x']],
  ['criu dump --work-dir=a=b', ['a=b']],
  // else the images dir, else the current directory
  ['criu restore -d -D img', ['img']],
  ['criu pre-dump --images-dir img -t 1', ['img']],
  ['criu dump -t 1', ['.']],
  ['criu check', ['.']],
  ['criu', ['.']],
  ['criu dump -W', ['.']],
  ['criu dump --work-dir= -D img', ['img']],
  // values of other options are no options
  ['criu dump -o -W -D img', ['img']],
  ['criu dump -t -Dx -D img', ['img']],
  ['criu dump -r -Wroot -L -Wlib -D img', ['img']],
  ['criu dump -vW img', ['.']],
  ['criu dump -v4 -D img', ['img']],
  ['criu dump -vvvv -D img', ['img']],
  ['criu dump -xD -W work', ['work']],
  ['criu dump -oDump.log -D img', ['img']],
  // what follows -- is another command
  ['criu restore -D img --exec-cmd -- tool -W other', ['img']],
  ['criu restore -- -W other', ['.']],
  // by any path
  ['/usr/sbin/criu dump -W work', ['work']],
  ['./bin/criu dump -W work', ['work']],
  ['criu-ns dump -W work', ['work']],
  ['notcriu dump -W work', ['.']],
  ['criu.sh dump -W work', ['work']],
  ['/opt/criu/criu-3.16.1 dump -t 7 -D img', ['img']],
  ['criu4 dump -D img', ['img']],
  // options with a value, each with its own
  ['criu dump --pidfile -W -D img', ['img']],
  ['criu dump --external -W --root=-Wx -D img', ['img']],
  ['criu dump --tls -W work', ['work']],
  // behind other programs
  ['sudo criu dump -D img', ['img']],
  ['sudo -u root -D /x nice -n 5 criu dump -D img', ['img']],
  ['env A=b LD_PRELOAD=/lib/criu.so criu dump -D img', ['img']],
  ['timeout 60 /usr/sbin/criu restore -d -W work', ['work']],
  ['strace -f -o /tmp/criu.log criu dump -D img', ['img']],
  ['systemd-run --scope -- criu dump -D img', ['img']],
  ['systemd-run --scope -- runc checkpoint --work-path work ctr', ['work']],
  ['unshare -m -- criu-ns restore -D img', ['img']],
  ['time runc-1.1.12 --root /run/criu checkpoint --work-path work ctr', ['work']],
  ['/var/lib/criu/run.sh criu dump -D img', ['img']],
  ['cp -a /var/lib/criu /dump', ['.']],
  ['grep criu dump', ['.']],
  ['man criu', ['.']],
  ['env criu=dump true', ['.']],
  // runc: options of Go's flag package
  ['runc checkpoint --work-path work --image-path img ctr', ['work']],
  ['runc checkpoint --image-path img ctr', ['img']],
  ['runc checkpoint --image-path=img --work-path=work ctr', ['work']],
  ['runc checkpoint -work-path work -image-path=img ctr', ['work']],
  ['runc checkpoint ctr --work-path work', ['work']],
  ['/usr/bin/runc checkpoint --work-path work ctr', ['work']],
  ['runc checkpoint ctr', ['checkpoint', '.']],
  ['runc restore ctr', ['checkpoint', '.']],
  ['runc restore -d --image-path img ctr', ['img']],
  ['runc restore --bundle b ctr', ['checkpoint', '.']],
  ['runc restore --bundle b --image-path img ctr', ['b/img']],
  ['runc restore -b b --work-path /abs --image-path img ctr', ['/abs']],
  ['runc restore -b=b --image-path img ctr', ['b/img']],
  ['runc --root /run/r checkpoint --work-path work ctr', ['work']],
  ['runc --root=/run/r --log l --log-format json --debug checkpoint --work-path work ctr', ['work']],
  ['runc --root checkpoint run --work-path work ctr', ['.']],
  ['runc --systemd-cgroup --rootless auto checkpoint --work-path work ctr', ['work']],
  ['runc --criu /opt/criu checkpoint --image-path img ctr', ['img']],
  ['runc run ctr', ['.']],
  ['runc exec ctr checkpoint --work-path work', ['.']],
  ['runc', ['.']],
  ['runc checkpoint -- --work-path work', ['checkpoint', '.']],
  // crun: options of argp, which may be cut short
  ['crun checkpoint --work-path work --image-path img ctr', ['work']],
  ['crun checkpoint --work=work ctr', ['work']],
  ['crun checkpoint --im img ctr', ['img']],
  ['crun --cgroup-manager cgroupfs --log-level debug checkpoint --image-path=img ctr', ['img']],
  ['crun checkpoint ctr', ['checkpoint', '.']],
  ['crun restore --bundle=b ctr', ['b/checkpoint', '.']],
  ['crun restore -b b --image-path img ctr', ['b/img']],
  ['crun restore -bb --image-path img ctr', ['b/img']],
  ['crun restore -db b --image-path img ctr', ['b/img']],
  ['crun restore -d --image-path img ctr', ['img']],
  ['crun checkpoint --bundle b --image-path img ctr', ['img']],
  // youki
  ['youki checkpoint --work-path work --image-path img ctr', ['work']],
  ['youki -r /run/youki checkpoint --image-path img ctr', ['img']],
  ['youki checkpoint ctr', ['checkpoint', '.']],
  // engines that name CRIU's directory themselves
  ['lxc-checkpoint -n web -D dir', ['dir']],
  ['lxc-checkpoint -Ddir -s -n web', ['dir']],
  ['lxc-checkpoint -r --checkpoint-dir=dir -n web', ['dir']],
  ['ctr -n k8s.io tasks checkpoint --work-path work --image-path img web', ['work']],
  ['ctr t checkpoint --image-path=img web', ['img']],
  // anything else works where it is
  ['./checkpoint-all.sh -W work', ['.']],
  ['podman ps', ['.']],
  ['sh -c criu', ['.']],
];

/** What the line alone says, as if there were no configuration file. */
function workDirsOf(command: readonly string[]): readonly string[] {
  const said = findCaller(command);
  return said === null ? ['.'] : saidWorkDirs(said, {}, () => null).map(({ path }) => toText(path));
}

test.each(COMMAND_LINES)('%s works in %j', (line, dirs) => {
  expect(workDirsOf(line.split(' '))).toEqual(dirs);
});

test('a directory of any name is taken as it is written', () => {
  expect(workDirsOf(['criu', 'dump', '-W', 'a b\n--\u202e'])).toEqual(['a b\n--\u202e']);
  expect(workDirsOf(['criu', 'dump', '-W', '-x'])).toEqual(['-x']);
  expect(workDirsOf(['criu', 'dump', '-W', '--'])).toEqual(['--']);
  expect(workDirsOf(['crun', 'checkpoint', '--work-path=a\nb', 'x'])).toEqual(['a\nb']);
  expect(workDirsOf([])).toEqual(['.']);
  expect(workDirsOf([''])).toEqual(['.']);
});

const CONTAINERS = '/var/lib/containers/storage/*-containers/*/userdata';
const TASK = '/var/lib/containerd/io.containerd.runtime.v2.task/*/*';

const PLACES = knownTargets({ uid: 0, home: undefined, env: {} });

/** A command line, and one of the globs that its engine's directories have; `null`: it does not call CRIU. */
const ENGINE_LINES: readonly (readonly [string, string | null])[] = [
  ['podman container checkpoint web', CONTAINERS],
  ['podman --log-level debug container restore --import=x.tar', CONTAINERS],
  ['sudo podman --root /srv/c container checkpoint -k web', '/srv/c/*-containers/*/userdata'],
  ['podman --storage-driver=vfs --runroot /run/x container restore web', '/run/x/*-containers/*/userdata'],
  ['podman --remote -c host container checkpoint web', CONTAINERS],
  ['podman-remote container checkpoint web', CONTAINERS],
  ['podman container --help', null],
  ['podman container ls', null],
  ['podman run -v checkpoint:/x container checkpoint', null],
  ['podman exec container checkpoint', null],
  ['docker checkpoint create web one', TASK],
  ['docker -H unix:///x.sock --context c checkpoint create --leave-running web one', TASK],
  ['docker start --checkpoint one web', TASK],
  ['docker container start web --checkpoint=one', TASK],
  ['docker start web', null],
  ['docker checkpoint ls web', null],
  ['nerdctl -n k8s.io checkpoint create web one', TASK],
  ['nerdctl --namespace checkpoint start --checkpoint one web', TASK],
  ['ctr -n k8s.io tasks checkpoint web', TASK],
  ['ctr -a /x.sock c checkpoint --task web ref', TASK],
  ['ctr images ls', null],
  ['ctrl tasks checkpoint', null],
  ['k3s ctr tasks checkpoint web', '/var/lib/containerd/io.containerd.runtime.v2.task/*/*/criu-work'],
  ['crictl checkpoint --export=/x.tar 4711', CONTAINERS],
  ['crictl -r unix:///x.sock checkpoint 4711', '/run/containers/storage/*-containers/*/userdata'],
  ['crictl ps', null],
  ['kubectl -n default checkpoint pod web', CONTAINERS],
  ['kubectl get pods checkpoint', null],
  ['lxc stop --stateful web', '/var/lib/lxd/storage-pools/*/containers/*/state'],
  ['lxc --project p snapshot web one --stateful', '/tmp/lxd_checkpoint_*'],
  ['lxc start web', '/tmp/lxd_restore_*/*'],
  ['lxc start web --stateless', null],
  ['lxc stop web', null],
  ['lxc list', null],
  ['incus stop web --stateful', '/var/lib/incus/storage-pools/*/containers/*/state'],
  ['incus snapshot create web one --stateful', '/tmp/incus_checkpoint_*'],
  ['incus exec web -- stop --stateful', null],
];

test.each(ENGINE_LINES)('%s: CRIU works in %j', (line, glob) => {
  const said = findCaller(line.split(' '));
  if (glob === null) expect(said).toBeNull();
  else expect(said?.kind === 'engine' ? engineGlobs(said, PLACES) : []).toContain(glob);
});

test('an engine whose root was moved works there', () => {
  const [docker] = MOVABLE_ROOTS;
  const said = findCaller(['docker', 'checkpoint', 'create', 'web', 'one']);
  if (docker === undefined || said?.kind !== 'engine') throw new Error('no engine');
  const root = { uid: 0, home: '/root', env: {} };
  const globs = (to: string) => engineGlobs(said, knownTargets(root, [{ from: docker, to }]));
  expect(globs('/data/docker')).toContain(
    '/data/docker/containerd/daemon/io.containerd.runtime.v2.task/*/*/criu-work',
  );
  expect(globs('/data/*').filter((glob) => glob.startsWith('/data'))).toEqual([]);
});
