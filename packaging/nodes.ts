import { spawnSync } from 'node:child_process';
import { fetchNode, pinnedVersions } from './node.ts';

const USAGE = 'usage: nodes [18|20|22|24|26 ...] (default: all)';

/** The black-box tests of what packages bring: the sweep, `run`, `inspect`, `doctor` and `schedule`. */
const TESTS = [
  'test/cli',
  ...['run', 'inspect', 'doctor', 'schedule'].map((name) => `test/commands/${name}`),
];

/** Runs the black-box tests with the command under each Node that is asked for; they themselves run under this one. */
function testNodes(majors: readonly string[]): number {
  const versions = pinnedVersions();
  const chosen = versions.filter((each) => majors.length === 0 || majors.includes(each.replace(/\..*/, '')));
  if (chosen.length < majors.length) {
    console.error(USAGE);
    return 2;
  }
  const failed = chosen.filter((version) => !testNode(version));
  if (failed.length > 0) console.error(`failed with Node ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

function testNode(version: string): boolean {
  console.log(`Node ${version}`);
  const { status } = spawnSync('npx', ['vitest', 'run', ...TESTS], {
    env: { ...process.env, CRIU_SWEEP_NODE: fetchNode(version, 'x64').binary },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}

process.exitCode = testNodes(process.argv.slice(2));
