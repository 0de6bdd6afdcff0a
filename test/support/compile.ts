import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { needHere } from './abilities.ts';
import { PACKAGE } from './command.ts';

/**
 * Compiles `test/support/c/NAME.c` and returns the program's path. Kept under its source's hash in node_modules, where
 * several test processes may want it at once: it is renamed into place.
 */
export function compile(name: string): string {
  needHere('cc');
  const source = `${PACKAGE}test/support/c/${name}.c`;
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const folder = `${PACKAGE}node_modules/.cache/criu-sweep-test`;
  const built = `${folder}/${name}-${hash}`;
  if (existsSync(built)) return built;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${built}.${process.pid}`;
  execFileSync('cc', ['-D_GNU_SOURCE', '-O2', '-Wall', '-Werror', '-o', unfinished, source]);
  renameSync(unfinished, built);
  return built;
}
