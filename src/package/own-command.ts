import { fileURLToPath } from 'node:url';
import { EMBEDDED } from './embedded.ts';
import { packageFile } from './package-file.ts';

/** The words that start this criu-sweep, by absolute path: what was installed, or this Node and this script. */
export function ownCommand(): readonly string[] {
  if (EMBEDDED === null) return [process.execPath, fileURLToPath(packageFile('bin/criu-sweep.js'))];
  return EMBEDDED.command ?? [process.execPath];
}
