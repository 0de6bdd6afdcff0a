import type { OwnMounts } from '../../linux/own-mounts.ts';
import type { InUseReport } from '../../model/events.ts';
import type { Unseen } from '../../model/model.ts';
import { counted } from '../../output/progress.ts';
import { escapeName, escapeText } from '../../report/escape.ts';
import type { Users } from '../../sweep/in-use/users.ts';
import { hasCapability } from './capabilities.ts';
import { type Check, ok } from './check.ts';

/** The limits of the look at users. */
export type Sight = Pick<Users, 'report' | 'blindSpots'>;

const ROOT = 0;

/**
 * Tells whether a sweep run like this sees every process and mount that could use a directory. Each cause is
 * said by one check.
 *
 * @param uid effective
 */
export function checkVisibility(uid: number, sight: Sight, mounts: OwnMounts): readonly Check[] {
  return [
    checkUser(uid),
    checkProcesses(uid, sight, mounts),
    checkHidepid(uid, mounts),
    checkPidNamespace(sight.report),
    checkMounts(sight),
  ];
}

function checkUser(uid: number): Check {
  if (uid === ROOT) return ok('user', 'this is root, whose CRIU makes the directories of most runtimes');
  return {
    id: 'user',
    status: 'warning',
    message: `this is uid ${uid}, not root: a sweep removes this user's directories alone`,
    advice: 'run criu-sweep doctor as root to check what the host sweeps',
  };
}

const KEPT = 'kinds of directories that CRIU mounts things on are kept';

function checkProcesses(uid: number, { report, blindSpots }: Sight, mounts: OwnMounts): Check {
  const id = 'processes';
  const { checked, unreadableProcesses: unreadable } = report;
  if (!checked) return noProc(id);
  const isHidden = hidepidOf(mounts) !== null && !hasCapability('SYS_PTRACE');
  // Process 1, which always lives, is missing only where /proc hides it, which the next check says.
  const spots = blindSpots.filter((spot) => spot.pid !== undefined && !(isHidden && spot.pid === 1));
  if (spots.length > 0)
    return {
      id,
      status: 'warning',
      message: `${spotsText(spots)}: what is mounted there may not be seen, so ${KEPT}`,
      advice: adviceToSee(uid),
    };
  if (unreadable === 0 || blindSpots.length > 0)
    return ok(
      id,
      uid === ROOT
        ? `all processes ${isHidden ? 'that /proc shows ' : ''}can be looked at`
        : 'all processes of this user can be looked at',
    );
  const some = counted(unreadable, 'process', 'processes');
  return ok(id, `${some} cannot be looked at, but what they have mounted is seen all the same`);
}

function adviceToSee(uid: number): string {
  if (uid !== ROOT) return 'run criu-sweep as root';
  return hasCapability('SYS_PTRACE')
    ? 'they are confined so that root may not look either: what may be mounted there stays until they end'
    : 'run with CAP_SYS_PTRACE and without a confinement that hides processes';
}

function noProc(id: string): Check {
  const message = 'there is no /proc to see processes and mounts by';
  return { id, status: 'unknown', message, advice: 'mount it: mount -t proc proc /proc' };
}

/**
 * The value of hidepid where /proc hides processes (proc(5), "Mount options"); since Linux 5.8 it can be a
 * name.
 */
function hidepidOf(mounts: OwnMounts): string | null {
  const value = /(?:^|,)hidepid=([^,]+)/.exec(procOf(mounts)?.superOptions ?? '')?.[1] ?? '0';
  return value === '0' || value === 'off' ? null : value;
}

function procOf(mounts: OwnMounts) {
  return mounts.all.findLast(({ mountPoint, fsType }) => mountPoint === '/proc' && fsType === 'proc');
}

function checkHidepid(uid: number, mounts: OwnMounts): Check {
  const id = 'hidepid';
  if (procOf(mounts) === undefined) return noProc(id);
  const value = hidepidOf(mounts);
  if (value === null) return ok(id, '/proc hides no process (no hidepid)');
  const mounted = `/proc is mounted with hidepid=${escapeText(value)}`;
  if (hasCapability('SYS_PTRACE')) return ok(id, `${mounted}, which does not bind root`);
  const whom = uid === ROOT ? 'a root without CAP_SYS_PTRACE' : `uid ${uid}`;
  return {
    id,
    status: 'warning',
    message: `${mounted}, which hides the processes of others from ${whom}${uid === ROOT ? `, so ${KEPT}` : ''}`,
    advice: uid === ROOT ? 'sweep with CAP_SYS_PTRACE' : 'sweep as root',
  };
}

function checkPidNamespace({ checked, foreignPidNamespace }: InUseReport): Check {
  const id = 'pid-namespace';
  if (!checked) return noProc(id);
  if (!foreignPidNamespace) return ok(id, "this is the host's pid namespace");
  return {
    id,
    status: 'warning',
    message: `this pid namespace does not show the host's processes, so ${KEPT}`,
    advice: "run in the host's: hostPID: true, or --pid=host",
  };
}

function checkMounts({ report, blindSpots }: Sight): Check {
  const id = 'mounts';
  if (!report.checked) return noProc(id);
  if (blindSpots.length === 0) return ok(id, 'the mounts of all processes can be seen');
  const spots = blindSpots.filter(({ pid }) => pid === undefined);
  if (spots.length === 0) return ok(id, 'the mounts of all other processes can be seen');
  return {
    id,
    status: 'warning',
    message: `mount namespaces that no process is in may not all be seen (${spotsText(spots)}), so ${KEPT}`,
    advice: hasCapability('SYS_ADMIN')
      ? 'something forbids to enter them with nsenter(1), a sandbox or that it is missing: run without'
      : 'run with CAP_SYS_ADMIN and CAP_SYS_CHROOT, which it takes to enter them',
  };
}

/** Processes that are named one by one for each cause. */
const MOST_NAMED = 5;

/** Each cause once: `pid 4 a, pid 7 b: EACCES (readlink)`. */
function spotsText(spots: readonly Unseen[]): string {
  const causes = new Map<string, Set<string>>();
  for (const { pid, command, code, syscall } of spots) {
    const cause = `${code} (${syscall})`;
    const names = causes.get(cause) ?? new Set();
    if (pid !== undefined) names.add(`pid ${pid}${command ? ` ${escapeName(command)}` : ''}`);
    causes.set(cause, names);
  }
  return [...causes].map(([cause, names]) => causeText(cause, [...names])).join('; ');
}

function causeText(cause: string, names: readonly string[]): string {
  if (names.length === 0) return cause;
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}: ${cause}`;
}
