import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { PACKAGE } from './command.ts';

/** Where the built command compares the directory it stepped into, or out to, with the one it looked at before. */
const COMPARISON = 'sameFile(here, expected)';

/**
 * A copy of the built command in which stepping into a directory and out of it is believed instead of checked by device
 * and inode; its script's path. Throws where there is nothing of the kind to switch off.
 */
export function unprotectedCommand(dir: string): string {
  const copy = `${dir}/unprotected`;
  mkdirSync(copy);
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(PACKAGE + name, `${copy}/${name}`, { recursive: true });
  symlinkSync(`${PACKAGE}node_modules`, `${copy}/node_modules`);
  const file = `${copy}/dist/criu-sweep.cjs`;
  const built = readFileSync(file, 'utf8');
  if (built.split(COMPARISON).length !== 2) throw new Error(`${file} has no: ${COMPARISON}`);
  writeFileSync(file, built.replace(COMPARISON, 'true'));
  return `${copy}/bin/criu-sweep.js`;
}
