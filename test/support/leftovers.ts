import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { age } from './tree.ts';

/** CRIU's prefixes and the modes a leftover of each has, written down a second time, for the tests to hold the first to. */
export const CATALOGUE = [
  { prefix: '.criu.temp-aa-policy.', modes: [0o700], mountable: false },
  { prefix: '.criu.cgyard.', modes: [0o700], mountable: true },
  { prefix: '.criu.cgmounts.', modes: [0o700], mountable: true },
  { prefix: 'crtools-sys.', modes: [0o700], mountable: false },
  { prefix: 'crtools-proc.', modes: [0o700], mountable: true },
  { prefix: 'cr-tmpfs.', modes: [0o700], mountable: true },
  { prefix: '.criu.mntns.', modes: [0o777, 0o700], mountable: true },
  { prefix: 'crtools-put-root.', modes: [0o700], mountable: false },
  { prefix: '.criu.mnt.', modes: [0o700], mountable: true },
  { prefix: '.criu.move_mount_set_group.', modes: [0o700], mountable: true },
] as const;

/** The one that 3.16 leaves at every dump; nothing is ever mounted on it. */
export const AA_POLICY = '.criu.temp-aa-policy.';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A name as mkdtemp(3) makes it. Random: the look for mounts goes by name alone, over all that runs on the machine. */
export function leftoverName(prefix: string = AA_POLICY): string {
  const letter = () => LETTERS[Math.floor(Math.random() * LETTERS.length)];
  return prefix + Array.from({ length: 6 }, letter).join('');
}

/** Makes an empty leftover that a sweep removes, two hours old and 0700; its path. */
export function plantLeftover(dir: string, prefix: string = AA_POLICY): string {
  const path = join(dir, leftoverName(prefix));
  mkdirSync(path, { mode: 0o700 });
  age(path, new Date(Date.now() - 7200e3));
  return path;
}

/** The suffix of the n-th of many: distinct up to 62⁶. */
export function nthSuffix(n: number): string {
  const digits = Array.from({ length: 6 }, (_, i) => Math.floor(n / LETTERS.length ** i) % LETTERS.length);
  return digits.map((digit) => LETTERS[digit]).join('');
}

/** Makes many at once, empty, 0700, two hours old; their names. */
export function plantMany(dir: string, count: number, prefix: string = AA_POLICY): string[] {
  const old = new Date(Date.now() - 7200e3);
  return Array.from({ length: count }, (_, n) => {
    const name = prefix + nthSuffix(n);
    mkdirSync(`${dir}/${name}`, { mode: 0o700 });
    age(`${dir}/${name}`, old);
    return name;
  });
}
