import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { compile } from '../../support/compile.ts';
import { type Report, reportOf } from '../../support/schema.ts';
import { list } from '../../support/tree.ts';
import { how, mkdtemp, plantProgram, startRun, type Workplace, workplace } from '../../support/workplace.ts';
import { inMountNamespace } from '../../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces'));

/** The host's directories that a test may write to: empty, and beside each other in its workplace. */
const HOSTS = ['/var/lib', '/etc/criu', '/etc/containers', '/run/containers'];

/** Runs `criu-sweep run` where these directories of the host are the workplace's own; what came, and its report. */
async function runAlone(args: readonly string[], where: Workplace, env: Record<string, string> = {}) {
  const binds = HOSTS.map((dir) => `mkdir -p ${dir}; mount --bind ${hostDir(where, dir)} ${dir}`);
  const wrap = inMountNamespace(`mount -t tmpfs none /etc; mount -t tmpfs none /run\n${binds.join('\n')}`);
  const home = { HOME: where.dir, ...env };
  const ended = await startRun(['--report', 'report', ...args], where, { wrap, env: home }).ended;
  return { ended, report: reportOf(readFileSync(`${where.dir}/report`)) };
}

/** A workplace with an empty directory for each of the host's. */
function alone(): Workplace {
  const where = workplace();
  for (const dir of HOSTS) mkdirSync(hostDir(where, dir), { recursive: true });
  mkdirSync(`${where.dir}/img`);
  return where;
}

const hostDir = ({ dir }: Workplace, of: string): string => `${dir}/host${of}`;

const leftoversIn = (where: Workplace): string[] =>
  list(where.dir).filter((path) => /policy\.\w{6}$/.test(path));

const watchedOf = (report: Report): Record<string, string> =>
  Object.fromEntries((report.command?.watched ?? []).map(({ path, why }) => [path, why]));

const USERDATA = '/var/lib/containers/storage/overlay-containers/4711/userdata';
const TASK = '/var/lib/containerd/io.containerd.runtime.v2.task/moby/4711';
const CRI = '/var/lib/containerd/io.containerd.grpc.v1.cri/containers/4711';

/** A command line of every caller, and where the real one has CRIU work. */
const CALLERS: readonly (readonly [string, string])[] = [
  ['./criu-standin dump -t 7 -D img', 'img'],
  ['./criu-standin-3.16.1 dump -t 7 -D img -W work', 'work'],
  ['env A=b ./criu-standin dump -D img', 'img'],
  ['nice -n 5 ./criu-standin dump -D img', 'img'],
  ['timeout 60 ./criu-standin dump -D img', 'img'],
  ['./sudo ./criu-standin dump -D img', 'img'],
  ['./runc checkpoint --work-path work web', 'work'],
  ['./sudo ./crun --root /x checkpoint --image-path img web', 'img'],
  ['./youki checkpoint --work-path work web', 'work'],
  ['./podman container checkpoint web', USERDATA],
  ['./sudo ./podman --log-level debug container restore web', USERDATA],
  ['./docker checkpoint create web one', TASK],
  ['./docker start --checkpoint one web', `${TASK}/criu-work`],
  ['./nerdctl -n moby checkpoint create web one', TASK],
  ['./ctr -n moby tasks checkpoint web', TASK],
  ['./ctr tasks checkpoint --work-path work web', 'work'],
  ['./crictl checkpoint --export=x web', CRI],
  ['./crictl checkpoint 4711', `${CRI}/ctrd-checkpoint`],
  ['./crictl checkpoint 4711', '/run/containers/storage/overlay-containers/4711/userdata'],
  ['./kubectl checkpoint pod web', CRI],
  ['./lxc-checkpoint -n web -D img', 'img'],
  ['./lxc stop --stateful web', '/var/lib/lxd/storage-pools/default/containers/web/state'],
  ['./lxc snapshot web one --stateful', '/tmp/lxd_checkpoint_123'],
  ['./incus stop --stateful web', '/var/lib/incus/storage-pools/default/containers/web/state'],
  ['./incus snapshot create web one --stateful', '/tmp/incus_checkpoint_123/final'],
];

describe('what it leaves is removed, and nothing that was there before:', () => {
  test.each(CALLERS)('%s in %s', async (line, dir) => {
    const where = alone();
    const real = HOSTS.reduce((path, host) => path.replace(host, hostDir(where, host)), dir);
    const isTmp = dir.startsWith('/tmp');
    if (!isTmp) {
      mkdirSync(real.startsWith('/') ? real : `${where.dir}/${real}`, { recursive: true });
      mkdirSync(`${real.startsWith('/') ? real : `${where.dir}/${real}`}/.criu.temp-aa-policy.before`, 0o700);
    }
    const leave = `mkdir -p ${dir}; ${mkdtemp(dir)}`;
    for (const word of line.split(' ').filter((each) => each.startsWith('./')))
      plantProgram(where, word.slice(2), word === './sudo' ? 'exec "$@"' : leave);
    const { ended, report } = await runAlone(['--', ...line.split(' ')], where);
    expect(ended.err).toMatch(/^removed \/\S+\/\.criu\.temp-aa-policy\.\w{6}\n$/);
    expect(how(ended)).toBe('0');
    expect(report.items.map(({ outcome }) => outcome)).toEqual(['removed']);
    expect(leftoversIn(where).map((path) => path.slice(-6))).toEqual(isTmp ? [] : ['before']);
  });

  test.each([
    ['a container that is made meanwhile', './podman container restore --import=x', USERDATA],
    [
      'and one of another storage',
      './podman --root /var/lib/mine container checkpoint web',
      '/var/lib/mine/vfs-containers/1/userdata',
    ],
    [
      'and one of a storage by a relative path',
      './podman --root mine/ container checkpoint web',
      'mine/vfs-containers/1/userdata',
    ],
  ])('%s', async (_, line, dir) => {
    const where = alone();
    plantProgram(where, 'podman', `mkdir -p ${dir}; ${mkdtemp(dir)}`);
    const { report } = await runAlone(['--', ...line.split(' ')], where);
    expect(report.items.map(({ outcome }) => outcome)).toEqual(['removed']);
    expect(leftoversIn(where)).toEqual([]);
  });

  test('where the engine’s own configuration moved its root', async () => {
    const where = alone();
    const userdata = '/var/lib/moved/overlay-containers/1/userdata';
    writeFileSync(
      hostDir(where, '/etc/containers/storage.conf'),
      '[storage]\ngraphroot = "/var/lib/moved"\n',
    );
    plantProgram(where, 'podman', `mkdir -p ${userdata}; ${mkdtemp(userdata)}`);
    const { report } = await runAlone(['--', './podman', 'container', 'checkpoint', 'web'], where);
    expect(report.items.map(({ outcome }) => outcome)).toEqual(['removed']);
    expect(watchedOf(report)).toMatchObject({ '/var/lib/moved/*-containers/*/userdata': 'engine' });
  });

  test('what an engine’s CRIU that still works made stays, and it is said', async () => {
    const where = alone();
    mkdirSync(hostDir(where, USERDATA), { recursive: true });
    plantProgram(
      where,
      'criu',
      `cd ${USERDATA}; ${mkdtemp('.')}; echo ready >"$1"; exec 3<>"$2"; read line <&3`,
    );
    const start = `mkfifo pipe; setsid ./criu "$PWD/ready" "$PWD/pipe" >/dev/null 2>&1 & while ! [ -e ready ]; do sleep 0.02; done`;
    plantProgram(where, 'podman', start);
    const { ended, report } = await runAlone(['--', './podman', 'container', 'checkpoint', 'web'], where);
    const [reason] = report.items[0]?.reasons ?? [];
    expect(reason).toMatchObject({ why: 'in-use', command: 'criu' });
    process.kill(Number(reason?.pid), 'SIGKILL');
    expect(ended.err).toMatch(/^criu-sweep: a directory is still in use, and kept: .*\n$/);
  });
});

test('a link, or a user’s file system that never answers, among an engine’s directories is not swept', async (context) => {
  need(context, 'cc', 'fuse');
  const where = alone();
  mkdirSync(`${where.dir}/victim`);
  plantProgram(where, 'incus', `ln -s "$PWD/victim" /tmp/incus_checkpoint_2; ${mkdtemp('victim')}`);
  const inTmp = 'mkdir /tmp/incus_checkpoint_1; ln -s "$PWD/victim" /tmp/incus_checkpoint_3';
  const wrap = [...inMountNamespace(inTmp), compile('fuse'), '-a', '/tmp/incus_checkpoint_1'];
  const ended = await startRun(['--', './incus', 'stop', '--stateful', 'web'], where, { wrap }).ended;
  expect({ how: how(ended), err: ended.err }).toEqual({ how: '0', err: '' });
  expect(list(`${where.dir}/victim`)).toHaveLength(1);
});

test('a directory of the command line that is never there is said, unless CRIU is seen elsewhere', async () => {
  const where = alone();
  mkdirSync(`${where.dir}/sub/new`, { recursive: true });
  const line = 'env -C sub ../criu-standin dump -D new'.split(' ');
  const words =
    'criu-sweep: new: was there neither before nor after the command; --work-dir names where CRIU works\n';
  plantProgram(where, 'criu-standin', `cd new; ${mkdtemp('.')}; exit 3`);
  const { ended } = await runAlone(['--', ...line], where);
  expect([how(ended), ended.err]).toEqual(['3', words]);
  expect((await runAlone(['-q', '--', ...line], where)).ended.err).toBe('');
  plantProgram(where, 'criu', `cd new; ${mkdtemp('.')}; sleep 0.5`);
  const seen = await runAlone(['--', ...'env -C sub ../criu dump -D new'.split(' ')], where);
  expect(seen.ended.err).toMatch(/^removed \S+\/sub\/new\/\S+\n$/);
  const made = await runAlone(['--', 'sh', '-c', 'mkdir made', 'criu', 'dump', '-D', 'made'], where);
  expect(made.ended.err).toBe('');
});

describe('CRIU’s configuration:', () => {
  const DEFAULT = '/etc/criu/default.conf';

  test.each([
    ['the global file', { [DEFAULT]: 'work-dir /var/lib/w' }, 'criu-x dump -D img', '/var/lib/w'],
    ['its images dir', { [DEFAULT]: 'images-dir /var/lib/w' }, 'criu-x dump', '/var/lib/w'],
    [
      'quoted, with a comment',
      { [DEFAULT]: '# c\nwork-dir "/var/lib/a b" # d' },
      'criu-x dump',
      '/var/lib/a b',
    ],
    [
      'the user’s over the global',
      { [DEFAULT]: 'work-dir /x', '~': 'work-dir /var/lib/w' },
      'criu-x dump',
      '/var/lib/w',
    ],
    [
      '--config over both',
      { '~': 'work-dir /x', img: 'work-dir /var/lib/w' },
      'criu-x dump --config img/conf',
      '/var/lib/w',
    ],
    [
      'the environment’s',
      { img: 'work-dir /var/lib/w' },
      'env CRIU_CONFIG_FILE=img/conf ./criu-x dump',
      '/var/lib/w',
    ],
    [
      'the command line over all',
      { [DEFAULT]: 'work-dir /x', '~': 'work-dir /y' },
      'criu-x dump -W work',
      'work',
    ],
    [
      'none with --no-default-config',
      { [DEFAULT]: 'work-dir /x' },
      'criu-x dump --no-default-config -D img',
      'img',
    ],
    [
      'runc’s',
      { '/etc/criu/runc.conf': 'work-dir /var/lib/w' },
      'runc checkpoint --work-path img web',
      '/var/lib/w',
    ],
    ['crun’s', { '/etc/criu/crun.conf': 'work-dir /var/lib/w' }, 'crun checkpoint web', '/var/lib/w'],
    [
      'an engine’s runtime’s',
      { '/etc/criu/runc.conf': 'work-dir /var/lib/w' },
      'podman container checkpoint web',
      '/var/lib/w',
    ],
    ['one that is no file', { [DEFAULT]: null }, 'criu-x dump -D img', 'img'],
  ] as const)('%s', async (_, files, line, dir) => {
    const where = alone();
    const paths: Record<string, string> = {
      '~': `${where.dir}/.criu/default.conf`,
      img: `${where.dir}/img/conf`,
    };
    mkdirSync(`${where.dir}/.criu`);
    for (const [file, text] of Object.entries(files)) {
      const path = paths[file] ?? hostDir(where, file);
      if (text === null) mkdirSync(path);
      else writeFileSync(path, `${text}\n`);
    }
    const program = /\S*(?:criu-x|runc|crun|podman)(?= )/.exec(line)?.[0] ?? '';
    plantProgram(where, program.replace('./', ''), `mkdir -p "${dir}"; ${mkdtemp(`"${dir}"`)}`);
    const words = line.startsWith('env') ? line.split(' ') : `./${line}`.split(' ');
    const { ended, report } = await runAlone(['--', ...words], where);
    expect(ended.err).toMatch(/^removed [^\n]+\/\.criu\.temp-aa-policy\.\w{6}\n$/);
    const why = dir.startsWith('/') ? 'configuration' : 'command';
    expect(watchedOf(report)).toMatchObject({ [dir]: why, '/tmp': 'always' });
    expect(leftoversIn(where)).toEqual([]);
  });

  test('a FIFO or a file without end in its place does not keep the command from starting', async () => {
    const where = alone();
    plantProgram(where, 'criu-x', 'rm fifo');
    const line = 'mkfifo fifo; CRIU_CONFIG_FILE=fifo exec "$@"';
    const wrap = ['sh', '-c', line, 'sh'];
    const ended = await startRun(['--', './criu-x', 'dump', '--config', '/dev/zero'], where, { wrap }).ended;
    expect({ how: how(ended), err: ended.err }).toEqual({ how: '0', err: '' });
  });
});

test('the report says what was watched, and why', async () => {
  const where = alone();
  mkdirSync(`${hostDir(where, '/etc/criu')}`, { recursive: true });
  writeFileSync(hostDir(where, '/etc/criu/runc.conf'), 'work-dir /var/lib/w\n');
  plantProgram(where, 'runc', 'true');
  const watched = async (...args: string[]) => watchedOf((await runAlone(args, where)).report);
  expect(await watched('--work-dir', 'work', '--', 'true')).toEqual({ work: 'named', '/tmp': 'always' });
  expect(await watched('--', 'true')).toEqual({ '.': 'current', '/tmp': 'always' });
  expect(await watched('--', './runc', 'checkpoint', 'x')).toEqual({
    checkpoint: 'command',
    '.': 'current',
    '/var/lib/w': 'configuration',
    '/tmp': 'always',
  });
  plantProgram(where, 'podman', 'true');
  const engine = await watched('--', './podman', 'container', 'checkpoint', 'x');
  expect(engine).toMatchObject({ '/var/lib/containers/storage/*-containers/*/userdata': 'engine' });
});

test.each([
  [
    'a command that is no CRIU',
    ['true'],
    /^criu-sweep: no CRIU was recognised in the command, and none seen: .*\n$/,
  ],
  ['with --work-dir', ['--work-dir', 'work', '--', 'true'], /^$/],
  ['with -q', ['-q', '--', 'true'], /^$/],
  [
    'a caller without its action',
    ['podman', 'ps'],
    /none seen: watched: \S+ and \/tmp; --work-dir names another directory\n$/,
  ],
  ['one that cannot be started', ['./nothing'], /^criu-sweep: cannot run \.\/nothing: ENOENT: .*\n$/],
])('a word where nothing was recognised: %s', async (_, args, words) => {
  const where = alone();
  plantProgram(where, 'podman', 'true');
  const line = args.includes('--') ? args : ['--', ...args];
  const ended = await startRun(
    line.map((word) => (word === 'podman' ? './podman' : word)),
    where,
  ).ended;
  expect(ended.err).toMatch(words);
});
