import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

/**
 * One entry of a tree as data. Parents that are not said are made, 0755 and ours. All names are bytes, one
 * character each: `\u00ff` is the byte ff, and ü is `\u00c3\u00bc`.
 */
export interface Entry {
  /** Below the tree's root. */
  readonly path: string;
  /** `directory` unless said. */
  readonly kind?: 'directory' | 'file' | 'symlink' | 'fifo';
  /** Four octal digits, all twelve bits, whatever the umask; unless said 0700 for a directory, 0600 for a file. */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** mtime and atime so long ago: `90s`, `2h`, `3d`; `-1h` lies in the future. Unless said they are now. */
  readonly age?: string;
  /** mtime and atime as ISO 8601 instead of `age`. */
  readonly mtime?: string;
  /** Of a file. */
  readonly content?: string;
  /** Of a symlink. */
  readonly to?: string;
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

/** `2h` in milliseconds, for the tests' data. */
export function ms(age: string): number {
  const [, sign, count, unit] = /^(-?)(\d+)([smhd])$/.exec(age) ?? [];
  if (count === undefined || unit === undefined) throw new Error(`no age: ${age}`);
  return Number(`${sign}${count}`) * (UNITS[unit] ?? Number.NaN);
}

/** The bytes of a path below a root. */
export const at = (root: string, path: string): Buffer =>
  path === '' ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);

/** Sets mtime and atime of that very name, also of a link. */
export const age = (path: string | Buffer, time: Date): void => fs.lutimesSync(path, time, time);

const modeOf = (entry: Entry, usual: number): number => (entry.mode ? Number.parseInt(entry.mode, 8) : usual);

function make(root: string, entry: Entry): void {
  const path = at(root, entry.path);
  const kind = entry.kind ?? 'directory';
  fs.mkdirSync(path.subarray(0, path.lastIndexOf(0x2f)), { recursive: true, mode: 0o755 });
  if (kind === 'directory') fs.mkdirSync(path, { recursive: true });
  if (kind === 'file') fs.writeFileSync(path, entry.content ?? '');
  if (kind === 'symlink') fs.symlinkSync(Buffer.from(entry.to ?? '', 'latin1'), path);
  if (kind === 'fifo') execFileSync('mkfifo', [path.toString()]);
  if (entry.uid !== undefined) fs.lchownSync(path, entry.uid, entry.gid ?? entry.uid);
  if (kind !== 'symlink') fs.chmodSync(path, modeOf(entry, kind === 'directory' ? 0o700 : 0o600));
}

/** Makes a tree for real below `root`, which exists. The times are set last, the deepest first. */
export function plant(root: string, entries: readonly Entry[]): void {
  for (const entry of entries) make(root, entry);
  const now = Date.now();
  for (const entry of entries.toSorted((a, b) => b.path.length - a.path.length)) {
    if (entry.mtime !== undefined) age(at(root, entry.path), new Date(entry.mtime));
    else if (entry.age !== undefined) age(at(root, entry.path), new Date(now - ms(entry.age)));
  }
}

/** Every path below `root`, as bytes, sorted; mounts are entered, links not. */
export function list(root: string, below: string = ''): string[] {
  const names = fs.readdirSync(at(root, below), { encoding: 'latin1', withFileTypes: true });
  return names
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? [path, ...list(root, path)] : [path];
    })
    .sort();
}

/** Whether that very name exists, a dangling link too. */
export const exists = (root: string, path: string): boolean =>
  fs.lstatSync(at(root, path), { throwIfNoEntry: false }) !== undefined;

/** Everything about a tree that something could have changed, one line each: what and whose it is, times in ns, contents. */
export function snapshot(root: string): string[] {
  return ['', ...list(root)].map((path) => {
    const name = at(root, path);
    const stat = fs.lstatSync(name, { bigint: true });
    const content = stat.isFile()
      ? fs.readFileSync(name, 'latin1')
      : stat.isSymbolicLink()
        ? fs.readlinkSync(name)
        : '';
    const { dev, ino, mode, nlink, uid, gid, size, mtimeNs, ctimeNs } = stat;
    return JSON.stringify([
      path,
      ...[dev, ino, mode, nlink, uid, gid, size, mtimeNs, ctimeNs].map(String),
      content,
    ]);
  });
}
