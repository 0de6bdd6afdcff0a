import { asBytes } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';

/**
 * The lines in which CRIU itself names a directory that it made. Only these: any other line may be about
 * paths of the container, among them leftovers of other runs.
 */
const NAMING: readonly RegExp[] = [
  // rmrf() in criu/util.c, v3.17 and later at level 4
  /^rmrf: removing (?:\S*\/)?(\.criu\.temp-aa-policy\.[A-Za-z0-9]{6})$/,
  // prepare_cgroup_sfd() in criu/cgroup.c, v1.3 and later; `--cgroup-yard` puts a name of the caller's there
  /^(?:cg: )?Opening (?:\S*\/)?(\.criu\.cgyard\.[A-Za-z0-9]{6}) as cg yard$/,
  // mount_proc() in criu/cr-restore.c; below /tmp since v3.14
  /^Mount procfs in (?:\S*\/)?(crtools-proc\.[A-Za-z0-9]{6})$/,
  // mount_ns_sysfs() in criu/net.c
  /^(?:net: )?Mount ns' sysfs in (?:\S*\/)?(crtools-sys\.[A-Za-z0-9]{6})$/,
  // criu/mount.c and mount-v2.c: the roots it builds are numbered by mount namespace, or `mnt-` and a mount's id
  /^mnt(?:-v2)?: .*?[ \t](?:\/\S*)?\/(\.criu\.mntns\.[A-Za-z0-9]{6})\/(?:mnt-)?\d/,
  /^mnt(?:-v2)?: Move the root to (?:\/\S*)?\/(\.criu\.mntns\.[A-Za-z0-9]{6})$/,
];

/** No line that names a directory is shorter than `mnt: 	/.criu.mntns.XXXXXX/1`. */
const SHORTEST = 20;

/**
 * The directory, made with mkdtemp(3), that CRIU names in this line.
 *
 * @param text a line without its prefixes and without blanks at its end
 * @returns its name without its directory; `null` if the line names none
 */
export function nameIn(text: Bytes): Bytes | null {
  if (text.length < SHORTEST) return null;
  for (const line of NAMING) {
    const name = line.exec(text)?.[1];
    if (name !== undefined) return asBytes(name);
  }
  return null;
}
