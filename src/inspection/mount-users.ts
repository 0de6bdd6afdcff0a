import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { CRIU } from '../criu/catalogue.ts';
import { asBytes, EMPTY } from '../linux/bytes.ts';
import { sameFile } from '../linux/lstat.ts';
import { statLink } from '../linux/magic-link.ts';
import { commOf, isForeignPidNamespace, listPids } from '../linux/proc.ts';
import { attempt, type Seen } from '../linux/seen.ts';
import type { Bytes, Identity } from '../model/model.ts';
import type { User } from '../sweep/in-use/users.ts';

/** A mounted leftover: the directory it is in, and its name, which is random and so identifies it. */
export interface MountedLeftover {
  readonly parent: Identity & { readonly path: Bytes };
  readonly name: Bytes;
}

/** The users of mounts on leftovers, as seen at one moment. */
export interface MountUsers {
  /** A living process that uses a mount there; `null`: none that we can see. */
  of(leftover: MountedLeftover): User | null;
  /** There may be processes that we cannot see. */
  readonly blind: boolean;
}

/**
 * Finds the processes that use something below directories of these names, by their working directory, root,
 * program, mapped files and open descriptors; and the living criu processes. Other paths to the same place do
 * not matter: the name is a component of the path in every namespace.
 */
export function lookForMountUsers(names: ReadonlySet<Bytes>): MountUsers {
  const users = new Map<Bytes, User>();
  const living: LivingCriu[] = [];
  let blind = isForeignPidNamespace();
  // ENOENT: there is no /proc. Every other errno: nobody was seen.
  const pids = attempt(listPids);
  if (pids.kind !== 'seen') blind = true;
  for (const pid of pids.kind === 'seen' ? pids.value : []) {
    if (pid === process.pid) continue;
    const comm = commOf(pid);
    if (comm.kind === 'hidden') blind = true;
    const user = { pid, command: comm.kind === 'seen' ? comm.value : EMPTY };
    for (const paths of pathsOf(pid)) {
      if (paths.kind === 'hidden') blind = true;
      if (paths.kind !== 'seen') continue;
      for (const path of paths.value) {
        for (const name of path.split('/')) if (names.has(name) && !users.has(name)) users.set(name, user);
      }
    }
    if (CRIU.isComm(user.command)) living.push({ user, workDir: statLink(`/proc/${pid}/cwd`) });
  }
  const temporary = statLink(CRIU.temporary);
  return {
    blind,
    of: ({ parent, name }) =>
      users.get(name) ?? living.find((criu) => canUse(criu, parent, temporary))?.user ?? null,
  };
}

interface LivingCriu {
  readonly user: User;
  readonly workDir: Seen<Identity>;
}

/**
 * Whether a criu may use leftovers in a directory. CRIU names those directly in /tmp absolutely: they can be
 * any criu's, whatever its work dir.
 */
function canUse({ workDir }: LivingCriu, parent: Identity, temporary: Seen<Identity>): boolean {
  return (
    workDir.kind === 'hidden' ||
    [workDir, temporary].some((seen) => seen.kind === 'seen' && sameFile(seen.value, parent))
  );
}

/** The paths a process uses, as its own namespace calls them. */
function pathsOf(pid: number): Seen<readonly Bytes[]>[] {
  const link = (name: string) => attempt(() => [asBytes(readlinkSync(`/proc/${pid}/${name}`, 'latin1'))]);
  const fds = attempt(() => readdirSync(`/proc/${pid}/fd`));
  const descriptors = fds.kind === 'seen' ? fds.value.map((fd) => link(`fd/${fd}`)) : [fds];
  return [link('cwd'), link('root'), link('exe'), attempt(() => mappedFiles(pid)), ...descriptors];
}

/**
 * The mapped files of a process. The path is the rest of the line from its first slash (proc_pid_maps(5)).
 */
function mappedFiles(pid: number): readonly Bytes[] {
  const paths = readFileSync(`/proc/${pid}/maps`, 'latin1').matchAll(/\/.*$/gm);
  return [...new Set([...paths].map(([path]) => asBytes(path)))];
}
