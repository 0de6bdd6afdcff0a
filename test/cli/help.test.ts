import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { fitHelp } from '../../src/cli/help-text.ts';
import { COMMANDS } from '../../src/commands/list.ts';
import { need } from '../support/abilities.ts';
import { run, startProgram } from '../support/command.ts';
import { scratch } from '../support/scratch.ts';
import { onTerminal } from '../support/wrap.ts';

const NAMES = COMMANDS.map(({ name }) => name).filter((name) => name !== 'help');
const longest = (text: string): number => Math.max(...text.split(/\r?\n/).map((line) => line.length));

test.each(NAMES)('help %s is its --help, which says criu-sweep first', async (name) => {
  const own = await run([name, '--help']);
  expect(own).toMatchObject({ code: 0, err: '' });
  expect(own.out.replace(/\s+/g, ' ')).toMatch(new RegExp(`^Usage: criu-sweep ${name} `));
  expect(await run(['help', name])).toMatchObject({ code: 0, err: '', out: own.out });
});

test('help alone is --help, also where a directory has that name', async () => {
  const { out } = await run(['--help']);
  for (const words of [['help'], ['help', 'help']])
    expect(await run(words)).toMatchObject({ code: 0, err: '', out });
  for (const name of COMMANDS.map((command) => command.name)) expect(out).toContain(`\n  ${name}`);
});

test.each([
  [],
  ...NAMES.map((name) => [name]),
])('without a terminal %s --help takes 80 columns', async (...words) => {
  const { out } = await run([...words, '--help']);
  expect(longest(out)).toBeLessThanOrEqual(80);
});

describe('on a terminal', () => {
  beforeEach((context) => need(context, 'script'));

  const shown = async (words: readonly string[], columns: number): Promise<string> => {
    const argv = onTerminal([...words, '--help']).map((word) =>
      word.replace(/^exec /, `stty cols ${columns}; exec `),
    );
    return (await startProgram(argv, { env: { TERM: 'xterm' } }).ended).out;
  };

  test.each([[], ...NAMES.map((name) => [name])])('%s --help is as wide as that', async (...words) => {
    for (const columns of [60, 132]) {
      const text = await shown(words, columns);
      expect(text).toMatch(/^Usage: criu-sweep/);
      expect(longest(text)).toBeLessThanOrEqual(columns);
    }
  });
});

test('an example that is too long can still be copied', () => {
  const line = '  criu-sweep schedule kubernetes --image x -- /var/lib/criu /tmp | kubectl apply -f -';
  const lines = fitHelp(line, 50).split('\n');
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join('').replace(/\\ +/g, '')).toBe(line.replaceAll(/(?<=\S) /g, ' '));
});

test('the help of completion recommends the file that costs no start of Node in each shell', async () => {
  const { out } = await run(['completion', '--help']);
  expect(out).not.toContain('source <(');
  for (const file of ['/usr/share/bash-completion/completions/criu-sweep', '_criu-sweep', 'criu-sweep.fish'])
    expect(out).toContain(file);
  for (const shell of ['bash', 'zsh', 'fish'])
    expect((await run(['completion', shell])).out).not.toMatch(/^# .*source <\(/m);
});

test('nowhere is it said that there is nothing to say', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).not.toContain('It says nothing when there is nothing to do');
  expect((await run(['--help'], { cwd: scratch() })).out).not.toContain('says nothing');
});
