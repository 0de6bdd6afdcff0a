/**
 * Tries survivors on the tests of the built command that their verdicts name: puts each into a clone of the project,
 * builds that, and runs those tests until one fails. Keeps in test/mutation/by-command.json which of them noticed.
 *
 *     node test/mutation/by-command.js [--every N] [GROUP...]     every Nth survivor of the groups that were run here
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import micromatch from 'micromatch';
import { GROUPS } from './groups.js';
import { resultsOf, survivorsOf, verdictsOn } from './results.js';

const CLONE = 'build/mutation/by-command';
const LOG = 'build/mutation/by-command.log';
const KEPT = 'test/mutation/by-command.json';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

function makeClone() {
  rmSync(CLONE, { recursive: true, force: true });
  run('git', ['clone', '--quiet', '.', CLONE], '.');
  symlinkSync(resolve('node_modules'), `${CLONE}/node_modules`);
}

/** Whether the command ends with 0. What the last one said is in the log. */
function run(file, args, cwd = CLONE) {
  const said = openSync(LOG, 'w');
  const { status } = spawnSync(file, args, { cwd, stdio: ['ignore', said, said] });
  closeSync(said);
  return status === 0;
}

/** The tests that a verdict names, as paths. */
function testsOf(verdict) {
  const named = [...verdict.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path);
  return named.flatMap((path) => micromatch.braces(path, { expand: true }));
}

/** The survivors of a group whose verdicts name tests. */
function* survivorsOfGroup(group, verdicts) {
  for (const each of resultsOf(group) ?? []) {
    const told = verdictsOn(each.file, verdicts);
    for (const [name, mutant] of survivorsOf(each)) {
      const tests = testsOf(told.get(name) ?? '');
      if (tests.length > 0) yield { ...each, name, mutant, tests };
    }
  }
}

/** The source with the mutant in it. */
function mutated(source, { location: { start, end }, replacement }) {
  const lines = source.split('\n');
  const at = ({ line, column }) =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  return source.slice(0, at(start)) + replacement + source.slice(at(end));
}

/** Whether the tests fail with that source in the place of the file. */
function isNoticed(file, source, tests) {
  const before = readFileSync(`${CLONE}/${file}`, 'utf8');
  writeFileSync(`${CLONE}/${file}`, source);
  const holds =
    run('npm', ['run', '-s', 'build']) &&
    run('npx', ['vitest', 'run', '--bail=1', '--maxWorkers=1', ...tests]);
  writeFileSync(`${CLONE}/${file}`, before);
  return !holds;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { every: { type: 'string' } } });
const every = Number(values.every ?? 1);
const groups = positionals.length > 0 ? positionals : Object.keys(GROUPS);
const verdicts = read('test/mutation/verdicts.json');
const kept = read(KEPT);
const survivors = groups
  .flatMap((group) => [...survivorsOfGroup(group, verdicts)])
  .filter((_, index) => index % every === 0);

makeClone();
const sound = new Map();
for (const { file, source, name, mutant, tests } of survivors) {
  const key = tests.join(' ');
  if (!sound.has(key)) sound.set(key, !isNoticed(file, source, tests));
  if (!sound.get(key)) throw new Error(`these fail without a mutant, see ${LOG}: ${key}`);
  const noticed = isNoticed(file, mutated(source, mutant), tests);
  kept[file] = { ...kept[file], [name]: noticed };
  writeFileSync(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`${noticed ? 'noticed' : 'NOT NOTICED'}: ${file}: ${name}`);
}
