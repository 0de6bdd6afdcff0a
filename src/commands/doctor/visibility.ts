import { readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from '../../errno.ts';
import type { InUseReport } from '../../model.ts';
import { escapeText } from '../../report/escape.ts';
import { listPids, look } from '../../sweep/in-use/proc.ts';
import type { OwnMounts } from '../../sweep/mountinfo.ts';
import { type Check, ok } from './check.ts';

/** Whether a sweep run like this sees every process and mount that could use a directory. @param uid effective */
export function checkVisibility(uid: number, inUse: InUseReport, mounts: OwnMounts): readonly Check[] {
  return [
    checkUser(uid),
    checkProcesses(uid, inUse),
    checkHidepid(uid, mounts),
    checkPidNamespace(inUse),
    checkMounts(uid, inUse),
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

function checkProcesses(uid: number, { checked, unreadableProcesses: unreadable }: InUseReport): Check {
  const id = 'processes';
  if (!checked) return noProc(id);
  if (unreadable === 0)
    return ok(
      id,
      uid === 0 ? 'all processes can be looked at' : 'all processes of this user can be looked at',
    );
  const some = unreadable === 1 ? '1 process' : `${unreadable} processes`;
  return {
    id,
    status: 'warning',
    message: `${some} cannot be looked at, so kinds of directories that CRIU mounts things on are kept`,
    advice: 'run with CAP_SYS_PTRACE and without a confinement that hides processes',
  };
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

function checkMounts(uid: number, { checked }: InUseReport): Check {
  const id = 'mounts';
  const seen = checked ? countNamespaces() : null;
  if (seen === null) return noProc(id);
  const namespaces = seen.namespaces === 1 ? '1 mount namespace' : `${seen.namespaces} mount namespaces`;
  if (seen.unreadable === 0) return ok(id, `the mounts of all processes can be seen, in ${namespaces}`);
  const some = seen.unreadable === 1 ? '1 process' : `${seen.unreadable} processes`;
  const unseen = `the mount namespace of ${some} cannot be told`;
  if (uid !== 0)
    return ok(
      id,
      `${unseen}, as is usual for a user; none of them can use this user's directories but root's`,
    );
  return {
    id,
    status: 'warning',
    message: `${unseen}: what is mounted there alone is not seen`,
    advice: 'run with CAP_SYS_PTRACE and without a confinement that hides processes',
  };
}

/** How many mount namespaces the processes are in, and of how many processes that, or the mounts, cannot be read. */
function countNamespaces(): { namespaces: number; unreadable: number } | null {
  const namespaces = new Set<string>();
  let unreadable = 0;
  try {
    for (const pid of listPids()) {
      const namespace = look(() => readlinkSync(`/proc/${pid}/ns/mnt`));
      const mounts = look(() => readFileSync(`/proc/${pid}/mountinfo`));
      if (namespace.seen === 'yes') namespaces.add(namespace.value);
      if (namespace.seen === 'hidden' || mounts.seen === 'hidden') unreadable += 1;
    }
    return { namespaces: namespaces.size, unreadable };
  } catch (error) {
    errnoOf(error);
    return null;
  }
}
