import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { type RunOptions, run, startProgram } from '../support/command.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { plant } from '../support/tree.ts';
import { onTerminal } from '../support/wrap.ts';

const COLOUR = /\x1b\[\d+m/;
let dir = '';

beforeEach(() => {
  dir = scratch();
  plantLeftover(dir);
  plant(dir, [{ path: leftoverName() }]);
});

type Env = NonNullable<RunOptions['env']>;
const piped = async (args: string[], env: Env = {}) =>
  COLOUR.test((await run(['-n', ...args, dir], { env })).out);
const shown = async (args: string[], env: Env = {}) =>
  COLOUR.test(
    (await startProgram(onTerminal(['-n', ...args, dir]), { env: { TERM: 'xterm', ...env } }).ended).out,
  );

test.each<[string[], Env, boolean]>([
  [[], {}, false],
  [['--color', 'always'], {}, true],
  [['--color', 'auto'], {}, false],
  [['--color', 'never'], { FORCE_COLOR: '1' }, false],
  [['--color', 'always'], { NO_COLOR: '1' }, true],
  [[], { FORCE_COLOR: '1' }, true],
  [[], { FORCE_COLOR: 'true' }, true],
  [[], { FORCE_COLOR: '0' }, false],
  [[], { FORCE_COLOR: 'false' }, false],
  [[], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  [[], { NO_COLOR: '', FORCE_COLOR: '1' }, true],
  [[], { CI: 'true' }, false],
  [[], { CI: 'true', GITHUB_ACTIONS: 'true', COLORTERM: 'truecolor', TERM: 'xterm-256color' }, false],
])('into a pipe, %j with %j: colour %s', async (args, env, colour) => {
  expect(await piped(args, env)).toBe(colour);
});

test.each<[string[], Env, boolean]>([
  [[], {}, true],
  [['--color', 'never'], {}, false],
  [[], { NO_COLOR: '1' }, false],
  [[], { NO_COLOR: 'anything' }, false],
  [[], { NO_COLOR: '' }, true],
  [['--color', 'always'], { NO_COLOR: '1' }, true],
  [[], { FORCE_COLOR: '0' }, false],
  [[], { CI: 'true' }, true],
])('on a terminal, %j with %j: colour %s', async (args, env, colour) => {
  expect(await shown(args, env)).toBe(colour);
});

test('each stream is asked for itself: a file gets no colour while the terminal does', async (context) => {
  need(context, 'script');
  const file = `${scratch()}/out`;
  const terminal = await startProgram(onTerminal(['-n', dir, `${dir}/missing`], `>'${file}'`), {
    env: { TERM: 'xterm' },
  }).ended;
  expect(readFileSync(file, 'utf8')).toMatch(/^would remove \//);
  expect(terminal.out).toMatch(COLOUR);
  const other = await startProgram(onTerminal(['-n', dir, `${dir}/missing`], `2>'${file}'`), {
    env: { TERM: 'xterm' },
  }).ended;
  expect(readFileSync(file, 'utf8')).not.toMatch(COLOUR);
  expect(other.out).toMatch(COLOUR);
});

test('JSON and ndjson are never coloured', async () => {
  for (const format of ['json', 'ndjson'])
    expect(await piped(['--format', format, '--color', 'always'])).toBe(false);
});

test('the colour does not change the words', async () => {
  const plain = (await run(['-n', '-v', dir])).out;
  const coloured = (await run(['-n', '-v', '--color', 'always', dir])).out;
  const ages = (text: string) =>
    text
      .replace(/\(.*\)/g, '')
      .split('\n')
      .sort();
  expect(ages(coloured.replaceAll(/\x1b\[\d+m/g, ''))).toEqual(ages(plain));
});
