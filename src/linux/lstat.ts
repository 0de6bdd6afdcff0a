import { type BigIntStats, constants, fstatSync, lstatSync, statSync } from 'node:fs';
import type { Bytes, Facts, Identity } from '../model/model.ts';
import { bytes, fsPath } from './bytes.ts';

const HERE = bytes`.`;

/**
 * lstat(2) of one name in the directory we stand in; `null` if it has gone (ENOENT). Throws every other
 * errno.
 */
export function lstatName(name: Bytes): Facts | null {
  const path = fsPath(name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || Number.isSafeInteger(stats.ino)) return stats ?? null;
  const exact = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return exact === undefined ? null : fromBigInt(exact);
}

/** stat(2) of the directory we stand in. Throws its errno (ESTALE). */
export function statHere(): Facts {
  return statPath(HERE);
}

/** stat(2), which follows links: only for paths that are not pinned yet. Throws its errno. */
export function statPath(path: Bytes): Facts {
  const stats = statSync(fsPath(path));
  return Number.isSafeInteger(stats.ino) ? stats : fromBigInt(statSync(fsPath(path), { bigint: true }));
}

/** fstat(2) of an open file. Throws its errno. */
export function fstatFile(fd: number): Facts {
  const stats = fstatSync(fd);
  return Number.isSafeInteger(stats.ino) ? stats : fromBigInt(fstatSync(fd, { bigint: true }));
}

/** Whether lstat's facts are a real directory's. */
export function isDirectory(facts: Pick<Facts, 'mode'>): boolean {
  return (facts.mode & constants.S_IFMT) === constants.S_IFDIR;
}

/** Whether both are the same file. Both by numbers, or both by bigints. */
export function sameFile<Device extends number | bigint>(
  a: { readonly dev: Device; readonly ino: number | bigint },
  b: { readonly dev: Device; readonly ino: number | bigint },
): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

/** An inode number in decimal digits as in lstat's facts: a bigint if a number would not be exact. */
export function parseInode(decimal: string): number | bigint {
  const ino = Number(decimal);
  return Number.isSafeInteger(ino) ? ino : BigInt(decimal);
}

/** A key for a file, exact also above 2^53. */
export function keyOf({ dev, ino }: Identity): string {
  return `${dev}:${ino}`;
}

function fromBigInt(stats: BigIntStats): Facts {
  return {
    dev: Number(stats.dev),
    // Node's inode numbers are signed, st_ino is not.
    ino: BigInt.asUintN(64, stats.ino),
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    size: Number(stats.size),
    nlink: Number(stats.nlink),
    mtimeMs: Number(stats.mtimeNs) / 1e6,
    ctimeMs: Number(stats.ctimeNs) / 1e6,
    birthtimeMs: Number(stats.birthtimeNs) / 1e6,
  };
}
