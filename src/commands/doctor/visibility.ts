import { readFileSync } from 'node:fs';
import type { OwnMounts } from '../../linux/mountinfo.ts';
import { attempt } from '../../linux/proc.ts';
import type { InUseReport } from '../../model/events.ts';
import type { Unseen } from '../../model/model.ts';
import { counted } from '../../output/progress.ts';
import { escapeName, escapeText } from '../../report/escape.ts';
import type { Users } from '../../sweep/in-use/users.ts';
import { type Check, ok } from './check.ts';

/** How far the look at users could see. */
export type Sight = Pick<Users, 'report' | 'blindSpots'>;

/** Whether a sweep run like this sees every process and mount that could use a directory. @param uid effective */
export function checkVisibility(uid: number, sight: Sight, mounts: OwnMounts): readonly Check[] {
  return [
    checkUser(uid),
    checkProcesses(uid, sight),
    checkHidepid(uid, mounts),
    checkPidNamespace(sight.report),
    checkMounts(sight),
  ];
}

function checkUser(uid: number): Check {
  if (uid === 0) return ok('user', 'this is root, whose CRIU makes the directories of most runtimes');
  return {
    id: 'user',
    status: 'warning',
    message: `this is uid ${uid}, not root: a sweep removes this user's directories alone`,
    advice: 'run criu-sweep doctor as root to check what the host sweeps',
  };
}

function checkProcesses(uid: number, { report, blindSpots }: Sight): Check {
  const id = 'processes';
  const { checked, unreadableProcesses: unreadable } = report;
  if (!checked) return noProc(id);
  if (unreadable === 0)
    return ok(
      id,
      uid === 0 ? 'all processes can be looked at' : 'all processes of this user can be looked at',
    );
  const some = counted(unreadable, 'process', 'processes');
  if (blindSpots.length === 0)
    return ok(id, `${some} cannot be looked at, but what they have mounted is seen all the same`);
  return {
    id,
    status: 'warning',
    message: `${some} cannot be looked at, so kinds of directories that CRIU mounts things on are kept`,
    advice: adviceToSee(),
  };
}

/** Bit 19 of the effective capabilities (linux/capability.h); `false` also where they cannot be read. */
function mayTrace(): boolean {
  const status = attempt(() => readFileSync('/proc/self/status', 'latin1'));
  const effective = status.kind === 'seen' ? /^CapEff:\t([0-9a-f]+)/m.exec(status.value)?.[1] : undefined;
  return effective !== undefined && ((BigInt(`0x${effective}`) >> 19n) & 1n) === 1n;
}

function adviceToSee(): string {
  return mayTrace()
    ? 'they are confined so that root may not look either: what may be mounted there stays until they end'
    : 'run with CAP_SYS_PTRACE and without a confinement that hides processes';
}

function noProc(id: string): Check {
  const message = 'there is no /proc to see processes and mounts by';
  return { id, status: 'unknown', message, advice: 'mount it: mount -t proc proc /proc' };
}

/** proc(5), "Mount options"; since Linux 5.8 the values have names. Root's CAP_SYS_PTRACE lets it see all the same. */
function checkHidepid(uid: number, mounts: OwnMounts): Check {
  const id = 'hidepid';
  const proc = mounts.all.findLast(({ mountPoint, fsType }) => mountPoint === '/proc' && fsType === 'proc');
  if (proc === undefined) return noProc(id);
  const value = /(?:^|,)hidepid=([^,]+)/.exec(proc.superOptions)?.[1] ?? '0';
  if (value === '0' || value === 'off') return ok(id, '/proc hides no process (no hidepid)');
  const mounted = `/proc is mounted with hidepid=${escapeText(value)}`;
  if (uid === 0) return ok(id, `${mounted}, which does not bind root`);
  return {
    id,
    status: 'warning',
    message: `${mounted}, which hides the processes of others from uid ${uid}`,
    advice: 'sweep as root',
  };
}

function checkPidNamespace({ checked, foreignPidNamespace }: InUseReport): Check {
  const id = 'pid-namespace';
  if (!checked) return noProc(id);
  if (!foreignPidNamespace) return ok(id, "this is the host's pid namespace");
  return {
    id,
    status: 'warning',
    message:
      "this pid namespace does not show the host's processes, so kinds of directories that CRIU mounts things on are kept",
    advice: "run in the host's: hostPID: true, or --pid=host",
  };
}

/** Processes that are named one by one. */
const MOST_NAMED = 5;

function checkMounts({ report, blindSpots }: Sight): Check {
  const id = 'mounts';
  if (!report.checked) return noProc(id);
  if (blindSpots.length === 0) return ok(id, 'the mounts of all processes can be seen');
  const named = [...new Map(blindSpots.map((spot) => [spot.pid, spot])).values()];
  const said = named.slice(0, MOST_NAMED).map(spotText);
  const more = named.length > MOST_NAMED ? `, and ${named.length - MOST_NAMED} more` : '';
  return {
    id,
    status: 'warning',
    message: `what is mounted may not all be seen: ${said.join(', ')}${more}`,
    advice: adviceToSee(),
  };
}

function spotText({ pid, command, code, syscall }: Unseen): string {
  const process = pid === undefined ? '' : `pid ${pid}${command ? ` ${escapeName(command)}` : ''}: `;
  return `${process}${code} (${syscall})`;
}
