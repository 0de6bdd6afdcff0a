import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type RunnerTestCase, type TestContext, TestRunner } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Of a test that was skipped: what the machine lacks, comma-separated. */
    lacking?: string;
  }
}

/** What a test may need of the machine it runs on, and how to find out. */
const ABILITIES = {
  root: () => process.getuid?.() === 0,
  /** New mount and pid namespaces. */
  namespaces: () => works('unshare', '--mount', '--pid', '--fork', 'true'),
  /** No container's pid namespace: `inUse.foreignPidNamespace` is false (include/linux/proc_ns.h, PROC_PID_INIT_INO). */
  'host pid namespace': () => readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]',
  /** No process is closed to us, so an in-use check sees all there is to see. */
  'sight of every process': () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .every(isOpen),
  criu: () => works('criu', '--version'),
  strace: () => works('strace', '-o', '/dev/null', 'true'),
  cc: () => works('cc', '--version'),
  /** A FUSE file system can be mounted. */
  fuse: () => existsSync('/dev/fuse') && readFileSync('/proc/filesystems', 'utf8').includes('\tfuse\n'),
  script: () => works('script', '--version'),
  setfacl: () => works('setfacl', '--version'),
  /** Files that nobody may remove: CAP_LINUX_IMMUTABLE, and a file system in /tmp that has them. */
  chattr: () => works('sh', '-c', 'f=$(mktemp) && { chattr +i $f; can=$?; chattr -i $f; rm $f; exit $can; }'),
  setpriv: () => works('setpriv', '--version'),
  prlimit: () => works('prlimit', '--version'),
  'mkfs.ext4': () => works('mkfs.ext4', '-V'),
  'mkfs.xfs': () => works('mkfs.xfs', '-V'),
  'mkfs.btrfs': () => works('mkfs.btrfs', '--version'),
  npm: () => works('npm', '--version'),
  /** And this package is a clone, whoever owns it. */
  git: () => works('git', '-c', 'safe.directory=*', 'rev-parse', '--verify', '--quiet', 'HEAD'),
  /** Block devices of files: file systems of the test's own. */
  'loop devices': () => works('losetup', '--find') && works('sh', '-c', 'command -v mkfs.ext4'),
  overlayfs: () => readFileSync('/proc/filesystems', 'utf8').includes('\toverlay\n'),
  promtool: () => works('promtool', '--version'),
  /** systemd's own checkers. */
  'systemd-analyze': () => works('systemd-analyze', '--version'),
  /** systemd as process 1 of a pid namespace, in a cgroup of its own. */
  'systemd in a namespace': () =>
    works('/lib/systemd/systemd', '--version') &&
    works(
      'sh',
      '-c',
      `d=$(findmnt -n -t cgroup2 -o TARGET | head -1)/criu-sweep-test-can.$$ && mkdir $d && rmdir $d`,
    ),
  bash: () => works('bash', '--version'),
  zsh: () => works('zsh', '--version'),
  fish: () => works('fish', '--version'),
  man: () => works('man', '--version') && works('groff', '--version'),
  mandoc: () => works('sh', '-c', 'command -v mandoc'),
  nft: () => works('unshare', '--net', 'nft', 'list', 'tables'),
  iptables: () => works('unshare', '--net', 'sh', '-c', 'iptables-save && ip6tables-save && iptables -N X'),
  cron: () => works('sh', '-c', 'command -v cron && command -v crontab'),
  debootstrap: () => works('sh', '-c', 'command -v debootstrap'),
  strip: () => works('strip', '--version'),
  'dpkg-deb': () => works('dpkg-deb', '--version'),
  lintian: () => works('lintian', '--version'),
  rpmbuild: () => works('rpmbuild', '--version'),
  rpmlint: () => works('rpmlint', '--version'),
  buildah: () => works('buildah', '--version'),
  podman: () => works('podman', '--version') && works('runc', '--version'),
} as const;

/** Something that not every machine has. */
export type Ability = keyof typeof ABILITIES;

const works = (file: string, ...args: string[]): boolean =>
  spawnSync(file, args, { stdio: 'ignore' }).status === 0;

function isOpen(pid: string): boolean {
  try {
    readlinkSync(`/proc/${pid}/root`);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'EACCES' && error.code !== 'EPERM';
  }
}

const known = new Map<Ability, boolean>();

/** Whether this machine can do that; looked at once in each process. */
export function can(ability: Ability): boolean {
  const found = known.get(ability) ?? ABILITIES[ability]();
  known.set(ability, found);
  return found;
}

/**
 * Skips the test, and says so, where the machine lacks something; fails it with CI=true.
 * @example test('…', (context) => { need(context, 'root', 'strace'); … })
 */
export function need(context: TestContext, ...abilities: readonly Ability[]): void {
  const lacking = abilities.filter((ability) => !can(ability));
  if (lacking.length === 0) return;
  context.task.meta.lacking = lacking.join(', ');
  const why = `not tested, for want of ${context.task.meta.lacking}: ${context.task.name}`;
  if (process.env.CI === 'true') throw new Error(why);
  console.warn(why);
  context.skip(why);
}

/**
 * The same for the test that runs, said by what it uses (a wrap, a program to compile): so no test that forgets to say
 * what it needs fails on a machine that lacks it. Does nothing outside of a test.
 */
export function needHere(...abilities: readonly Ability[]): void {
  const test = TestRunner.getCurrentTest<RunnerTestCase | undefined>();
  if (test !== undefined) need(test.context, ...abilities);
}
