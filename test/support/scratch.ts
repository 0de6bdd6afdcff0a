import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Where big trees go: memory, where the machine has it. */
export const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Makes a temporary directory that anybody may enter, in `base`; its path has no links. Remove it with `removeScratch`. */
export function makeScratch(base: string = tmpdir()): string {
  const path = realpathSync(mkdtempSync(join(base, 'criu-sweep-test-')));
  chmodSync(path, 0o755);
  return path;
}

/** Makes a temporary directory for the test that calls, removed when that test has finished. */
export function scratch(base: string = tmpdir()): string {
  const path = makeScratch(base);
  onTestFinished(() => removeScratch(path));
  return path;
}

/** Has the test that calls return to where it stands now, when it has finished. */
export function returnAfterwards(): void {
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
}

/** Removes it whatever is in it: mounts of our namespace, immutable directories, any depth. */
export function removeScratch(path: string): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${path}/`));
  for (const mount of mounts.reverse()) {
    const decoded = mount.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    spawnSync('umount', ['--lazy', '--', decoded]);
  }
  if (spawnSync('rm', ['-rf', '--one-file-system', path], { stdio: 'ignore' }).status === 0) return;
  spawnSync('chattr', ['-R', '-f', '-i', path], { stdio: 'ignore' });
  execFileSync('rm', ['-rf', '--one-file-system', path]);
}
