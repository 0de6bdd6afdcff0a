/**
 * Adds up the runs of the tests, says what was skipped and why, and closes with `N passed, N failed`.
 *
 *     node .ci/counts.js DIRECTORY     with a NAME.json, vitest's report, and NAME.status, its exit status, for each run
 *
 * On the full machine what was skipped did not hold: it counts as failed. On a bare one a skip is well where it says what
 * the machine lacks, and where enough is left that passed. Ends with 0 where nothing failed.
 */
import { readFileSync } from 'node:fs';

/** The runs, and how many tests must pass in each: on a bare machine those that need no tool. */
const RUNS = [
  { name: 'full', atLeast: 1500, mayLack: false },
  { name: 'packages', atLeast: 30, mayLack: false },
  { name: 'executable', atLeast: 80, mayLack: false },
  { name: 'node-18', atLeast: 750, mayLack: false },
  { name: 'node-26', atLeast: 750, mayLack: false },
  { name: 'bare-root', atLeast: 1300, mayLack: true },
  { name: 'bare-user', atLeast: 1000, mayLack: true },
  { name: 'real', atLeast: 170, mayLack: false },
];

const [directory = '.'] = process.argv.slice(2);
const counts = RUNS.map(count);
const sum = (what) => counts.reduce((total, each) => total + each[what], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

function count({ name, atLeast, mayLack }) {
  const tests = read(name, 'json', (text) => JSON.parse(text).testResults.flatMap(testsOf), []);
  const status = read(name, 'status', Number, 1);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const lost = skipped.filter((test) => !mayLack || !test.meta?.lacking);
  const failed = tests.length - passed - skipped.length + lost.length;
  console.log(`\n${name}: ${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  sayReasons(skipped);
  for (const test of lost) console.log(`  not run: ${test.fullName}`);
  if (status !== 0) console.log(`  ended with ${status}`);
  if (passed < atLeast) console.log(`  fewer than ${atLeast} passed`);
  const isWell = failed > 0 || (status === 0 && passed >= atLeast);
  return { passed, failed: isWell ? failed : 1 };
}

/** What a report of a run holds; the substitute, said, where there is none. */
function read(name, ending, parse, substitute) {
  try {
    return parse(readFileSync(`${directory}/${name}.${ending}`, 'utf8'));
  } catch (error) {
    console.log(`no report of ${name}: ${error.message}`);
    return substitute;
  }
}

function testsOf(suite) {
  return suite.assertionResults;
}

function sayReasons(skipped) {
  const reasons = skipped.map((test) => test.meta?.lacking ?? 'no reason').sort();
  for (const reason of new Set(reasons))
    console.log(`  ${reasons.filter((each) => each === reason).length} skipped for want of ${reason}`);
}
