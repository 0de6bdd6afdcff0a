import { asBytes } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';

/** The end of a name: mkdtemp(3) makes six characters, and the path may go on below it. */
const X = '[A-Za-z0-9]{6}(?![A-Za-z0-9])';

/** Kinds that CRIU names without a directory: it has changed into its work dir, or into the new root. */
const IN_WORK_DIR = `\\.criu\\.(?:temp-aa-policy|cgyard|cgmounts)\\.${X}|crtools-(?:sys|proc|put-root)\\.${X}`;
/** Kinds that CRIU names by an absolute path: `/tmp/…`, or `/…` in a container that has no /tmp. */
const IN_TMP = `(?:cr-tmpfs|crtools-proc|\\.criu\\.mnt|\\.criu\\.move_mount_set_group)\\.${X}`;
/**
 * `.criu.mntns.X` is in /tmp since v2.11, before that in the directory of `--root`. The first one is CRIU's.
 */
const MNTNS = `\\/(?:[^\\s/]{1,255}\\/){0,64}?(\\.criu\\.mntns\\.${X})`;

/**
 * A directory of CRIU's own. Paths of a container are relative at a dump, and below `.criu.mntns.X` at a
 * restore.
 */
const OWN = `(?:(${IN_WORK_DIR})|\\/(?:tmp\\/)?(${IN_TMP})|${MNTNS})(?=[/:\\s,)\\]]|$)`;

/**
 * The deeds that CRIU failed to do to a directory. pr_perror() in criu/include/criu-log.h puts `: ` and the errno
 * behind it.
 */
const DEED =
  '(?:detach mount|remove(?: tmp dir| the directory)?|(?:un?)?mount2?(?: at)?|rmdir|open directory|statfs|' +
  'make (?:bind-mount|dir)|mount tm[fp]+s to|(?:make|mount) controller dir)';

/**
 * The lines in which CRIU itself names a directory that it made, by their texts in the source at v4.2 and the
 * binary of v3.17.1. Only these: any other line may be about paths of the container, among them leftovers of
 * other runs.
 */
const NAMING: readonly RegExp[] = [
  // rmrf() in criu/util.c, v3.17 and later at level 4
  new RegExp(`^rmrf: removing (?:\\S*\\/)?(\\.criu\\.temp-aa-policy\\.${X})$`),
  // prepare_cgroup_sfd() and its yard in criu/cgroup.c; `--cgroup-yard` puts a name of the caller's there
  new RegExp(`^(?:cg: )?Opening (?:\\S*\\/)?(\\.criu\\.cgyard\\.${X}) as cg yard$`),
  new RegExp(`^(?:cg: )?\\tMaking controller dir (\\.criu\\.cgyard\\.${X})\\/`),
  // mount_proc() in criu/cr-restore.c; below /tmp since v3.14
  new RegExp(`^Mount procfs in (?:\\S*\\/)?(crtools-proc\\.${X})$`),
  // mount_ns_sysfs() in criu/net.c
  new RegExp(`^(?:net: )?Mount ns' sysfs in (?:\\S*\\/)?(crtools-sys\\.${X})$`),
  // criu/mount.c and mount-v2.c, at a restore: the roots of mount namespaces, and what is mounted in them
  new RegExp(
    `^mnt(?:-v2)?: (?:\\t{0,4}Will mount \\d+ @ |(?:Start with )?\\d+:|Move the root to )${MNTNS}(?=[/\\s]|$)`,
  ),
  new RegExp(`^mnt-v2: (?:Create plain mountpoint |Move mount \\d+ from )${MNTNS}\\/`),
  new RegExp(
    `^mnt(?:-v2)?: (?: *\\[|\\t{0,4}Bind .* to |\\t{0,4}Mounting \\S+ (?:\\d+)?@|Umounted at |Move mount )${MNTNS}\\/`,
  ),
  // get_clean_mnt() in criu/mount.c: a container's mount point stands before it
  new RegExp(`^(?:mnt: )?Can't bind-mount \\d+:.* to \\/(?:tmp\\/)?(cr-tmpfs\\.${X})(?=:|$)`),
  // cr_pivot_root() in criu/mount.c
  new RegExp(`^(?:mnt: )?pivot_root\\(\\., (crtools-put-root\\.${X})\\) failed`),
  // The ends of mount.c, util.c, pie/util.c, cgroup.c, kerndat.c, cr-check.c: what could not be cleaned up
  new RegExp(
    `^(?:mnt(?:-v2)?: |cg: \\t?|rmrf: )?(?:[Cc]an't|[Uu]nable to|Fail to|[Ff]ailed to) ${DEED} ${OWN}`,
  ),
];

/** Parts of all names, which nearly no other line has. */
const TRACES: readonly string[] = ['.criu.', 'crtools-', 'cr-tmpfs.'];

/**
 * The directory, made with mkdtemp(3), that CRIU names in this line.
 *
 * @param text a line without its prefixes and without blanks at its end
 * @returns its name without its directory; `null` if the line names none
 */
export function nameIn(text: Bytes): Bytes | null {
  if (!TRACES.some((trace) => text.includes(trace))) return null;
  for (const line of NAMING) {
    const name = line
      .exec(text)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (name !== undefined) return asBytes(name);
  }
  return null;
}
