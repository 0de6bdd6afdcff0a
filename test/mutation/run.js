// Mutates the groups that are named (all, if none is), one after the other, and writes docs/mutation.md.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GROUPS } from './groups.js';
import { report } from './report.js';

const STRYKER = fileURLToPath(import.meta.resolve('@stryker-mutator/core/package.json')).replace(
  'package.json',
  'bin/stryker.js',
);

function mutate(group) {
  const args = [STRYKER, 'run', 'test/mutation/stryker.config.js'];
  const env = { ...process.env, CRIU_SWEEP_MUTATE: group };
  if (spawnSync(process.execPath, args, { stdio: 'inherit', env }).status !== 0)
    throw new Error(`${group}: Stryker failed`);
}

const named = process.argv.slice(2);
const groups = named.length > 0 ? named : Object.keys(GROUPS);
for (const group of groups) mutate(group);
process.exitCode = report(named.length === 0);
