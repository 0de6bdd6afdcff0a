import type { Bytes } from '../model/model.ts';
import { asBytes, bytes, EMPTY } from './bytes.ts';
import { makeDevice } from './device.ts';

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), its octal escapes decoded. */
export interface Mount {
  /** The ID of this mount, and of the one it is mounted in. */
  readonly id: number;
  readonly parent: number;
  /** The file system's own device number, in the form of st_dev. */
  readonly device: number;
  /** The directory of that file system that is the mount's root. */
  readonly root: Bytes;
  readonly mountPoint: Bytes;
  readonly fsType: string;
  readonly superOptions: Bytes;
}

/** The field after the optional ones. */
const SEPARATOR = bytes`-`;

/** The mounts of a mountinfo text, in the order they were made. Skips lines that do not have the form. */
export function parseMountinfo(text: Bytes): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const [id, parent, device, root, mountPoint] = fields;
    const separator = fields.indexOf(SEPARATOR, 6);
    const fsType = fields[separator + 1];
    if (device === undefined || root === undefined || mountPoint === undefined || separator < 0) continue;
    if (fsType === undefined) continue;
    const [major = 0, minor = 0] = device.split(':').map(Number);
    const superOptions = unescapeOctal(fields[separator + 3] ?? EMPTY);
    mounts.push({
      id: Number(id),
      parent: Number(parent),
      device: makeDevice(major, minor),
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      fsType,
      superOptions,
    });
  }
  return mounts;
}

/**
 * Decodes the three octal digits that mountinfo has for space, tab, newline and backslash (mangle_path in
 * fs/seq_file.c).
 */
function unescapeOctal(field: Bytes): Bytes {
  return asBytes(
    field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
  );
}

const PSEUDO_FILE_SYSTEMS = new Set([
  'autofs',
  'binder',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'mqueue',
  'nfsd',
  'nsfs',
  'proc',
  'pstore',
  'resctrl',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'smackfs',
  'sysfs',
  'tracefs',
]);

/** Whether a file system holds no files: it shows kernel objects, or mounts others when walked (autofs). */
export function isPseudoFileSystem(fsType: string): boolean {
  return PSEUDO_FILE_SYSTEMS.has(fsType);
}

/**
 * Whether a program of some user answers for a file system: each look at it can fail, wait or lie
 * (Documentation/filesystems/fuse.rst; a subtype stands behind the dot).
 */
export function isFuse(fsType: string): boolean {
  return fsType === 'fuse' || fsType.startsWith('fuse.');
}
