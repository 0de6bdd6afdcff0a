import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, startProgram } from '../support/command.ts';
import { scratch } from '../support/scratch.ts';
import { asUser } from '../support/wrap.ts';

const FOLDER = `${PACKAGE}test/hazards/peers`;
const HAZARDS = [...readFileSync(`${FOLDER}/hazards.sh`, 'utf8').matchAll(/^hazard_([a-z]+)\(\)/gm)].map(
  ([, name = '']) => name,
);
const peers = (args: readonly string[], wrap: readonly string[] = []) =>
  startProgram(['bash', `${FOLDER}/run.sh`, ...args], { wrap }).ended;

test('--help shows the help, and starts nothing', async (context) => {
  need(context, 'bash');
  for (const flag of ['--help', '-h']) {
    const { code, out, err } = await peers([flag]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Usage: npm run peers -- /);
    for (const hazard of HAZARDS) expect(out).toContain(`\n  ${hazard} `);
  }
});

test.each([
  [['no-such'], "'no-such' is no hazard"],
  [['mode', 'no-such'], "'no-such' is no hazard"],
  [['--frobnicate'], "unknown option '--frobnicate'"],
  [['--modules', '/no/such'], "'/no/such' is no directory"],
  [['--modules'], 'is no directory'],
])('%j is wrong usage, and the hazards are named', async (args, says) => {
  const { code, out, err } = await peers(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^peers: [^\n]+\n$/);
  for (const word of [says, ...HAZARDS]) expect(err).toContain(word);
});

test('a user who is not root is told so', async (context) => {
  need(context, 'root', 'setpriv');
  const { code, out, err } = await peers(['mode'], asUser(65534));
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining('needs root') });
});

test('a tool that is not installed is no column, and is said', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const { code, out, err } = await peers(['--modules', scratch(), 'mode']);
  expect({ code, lines: out.trim().split('\n').length }).toEqual({ code: 0, lines: 3 });
  for (const tool of ['del-cli', 'rimraf']) {
    expect(out).not.toContain(tool);
    expect(err).toContain(`peers: ${tool} is not installed\n`);
  }
  expect(out).toMatch(/^\| hazard \| criu-sweep \d+\.\d+\.\d+ \| GNU find \d+\.[\d.]+ \|/);
});
