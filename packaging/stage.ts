import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { PackedFile } from './files.ts';

/** Lays files into an empty directory, as they will lie below /. */
export function stage(root: string, files: readonly PackedFile[]): void {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const file of files) lay(root, file);
}

function lay(root: string, { path, content }: PackedFile): void {
  const place = `${root}${path}`;
  mkdirSync(dirname(place), { recursive: true });
  switch (content.kind) {
    case 'link':
      symlinkSync(content.to, place);
      return;
    case 'copy':
      copyFileSync(content.from, place);
      break;
    case 'bytes':
      writeFileSync(place, content.bytes);
  }
  chmodSync(place, content.mode);
}

/** Gives all that lies in a directory, and itself, modes that no umask decides, and one time in seconds since 1970. */
export function settle(root: string, date: number): void {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = `${root}/${entry.name}`;
    if (entry.isDirectory()) {
      settle(path, date);
      continue;
    }
    if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
    lutimesSync(path, date, date);
  }
  chmodSync(root, 0o755);
  lutimesSync(root, date, date);
}

/** The directories that belong to a package alone, those above first: what is in them is the package's too. */
export function ownDirectories(files: readonly PackedFile[]): string[] {
  const own = files.flatMap(({ path }) => {
    const [above = '', below] = path.split('/criu-sweep/');
    if (below === undefined) return [];
    const steps = ['criu-sweep', ...below.split('/').slice(0, -1)];
    return steps.map((_, at) => [above, ...steps.slice(0, at + 1)].join('/'));
  });
  return [...new Set(own)].sort();
}

/** `md5sum PATH` lines of a staged file, as dpkg wants them (deb-md5sums(5)). */
export function md5sum(root: string, { path }: PackedFile): string {
  const sum = createHash('md5')
    .update(readFileSync(`${root}${path}`))
    .digest('hex');
  return `${sum}  ${path.slice(1)}\n`;
}

/** Bytes of the staged files. */
export function sizeOf(root: string, files: readonly PackedFile[]): number {
  return files.reduce((sum, { path }) => sum + readFileSync(`${root}${path}`).length, 0);
}
