import { mkdirSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { COMMAND, type Ended, startProgram } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { quoted, straced } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'script', 'strace'));

const BUSY = '\x1b]9;4;3;0\x1b\\';
const IDLE = '\x1b]9;4;0;0\x1b\\';

/** A tree of directories with long names of Chinese characters, and a leftover in one of them. */
function place(directories: number): string {
  const dir = scratch();
  // Without a directory in it, it would not be read.
  for (let n = 0; n < directories; n += 1)
    mkdirSync(`${dir}/${'検査'.repeat(15)}${n}/below`, { recursive: true });
  plantLeftover(`${dir}/${'検査'.repeat(15)}0`);
  return dir;
}

/** The argv that makes reading a directory slow, so that a sweep of 300 takes some seconds. */
const slow = (delayMicroseconds = 2500): string[] => [
  ...straced('/dev/null', 'getdents64').slice(0, -1),
  ...['-e', `inject=getdents64:delay_enter=${delayMicroseconds}`, '--'],
];

/** Starts the command on a terminal of so many columns. */
function sweepOnTerminal(
  args: readonly string[],
  columns: number,
  env: Record<string, string> = {},
  wrap = slow(),
) {
  const words = [...wrap, ...COMMAND, ...args].map(quoted).join(' ');
  const line = `stty cols ${columns}; ${words}; echo "end $?"`;
  return startProgram(['script', '--quiet', '--return', '--echo=never', '--command', line, '/dev/null'], {
    env,
  });
}

/** What was written over one another in the progress line. */
const linesOf = ({ out }: Ended): string[] =>
  [...out.matchAll(/\r\x1b\[K([^\r\n\x1b]+)/g)].map((match) => match[1] ?? '');

test('entries looked at and directories removed, from the second second on, and nothing is left of it', async () => {
  const dir = place(300);
  const ended = await sweepOnTerminal([dir], 100).ended;
  const lines = linesOf(ended).filter((line) => line.includes('looked at'));
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toMatch(/^\d+ entries looked at, [01] removed \//);
  for (const line of lines) expect(Number.parseInt(line, 10)).toBeGreaterThanOrEqual(300);
  expect(ended.out).toMatch(/\r\x1b\[K\x1b\]9;4;0;0\x1b\\criu-sweep: 1 removed[^\r\n]*\r\nend 0\r\n$/);
});

test.each([24, 61])('on a terminal of %i columns no line is broken', async (columns) => {
  const lines = linesOf(await sweepOnTerminal(['-n', place(300)], columns).ended).filter((line) =>
    line.includes('look'),
  );
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    const width = [...line].reduce((sum, character) => sum + (character > '\x7f' ? 2 : 1), 0);
    expect(width - (line.endsWith('…') ? 1 : 0)).toBeLessThan(columns);
  }
});

test('OSC 9;4 says that something goes on, and is taken back at the end', async () => {
  const { out } = await sweepOnTerminal([place(300)], 80, { TERM: 'xterm-256color' }).ended;
  expect(out).toContain(BUSY);
  expect(out.lastIndexOf(IDLE)).toBeGreaterThan(out.lastIndexOf(BUSY));
});

test('no OSC 9;4 on a terminal that would print it', async () => {
  const { out } = await sweepOnTerminal([place(300)], 80, { TERM: 'dumb' }).ended;
  expect(out).toContain('looked at');
  expect(out).not.toContain('\x1b]9');
});

test('a second Ctrl-C takes both away', async () => {
  const dir = place(300);
  const running = sweepOnTerminal([dir], 80);
  await running.printed('stdout', /looked at/);
  const pid = Number((await startProgram(['pgrep', '-f', `^${COMMAND.join(' ')} ${dir}`]).ended).out.trim());
  process.kill(pid, 'SIGSTOP');
  process.kill(pid, 'SIGINT');
  process.kill(pid, 'SIGTERM');
  process.kill(pid, 'SIGCONT');
  const { out } = await running.ended;
  expect(out.lastIndexOf(IDLE)).toBeGreaterThan(out.lastIndexOf(BUSY));
  expect(out).toMatch(/\r\x1b\[K\x1b\]9;4;0;0\x1b\\/);
});

test.each([
  ['sweep', []],
  ['inspect', ['inspect']],
])('%s shows nothing in its first second', async (_, command) => {
  const dir = place(300);
  const started = performance.now();
  const running = sweepOnTerminal([...command, '-n', dir], 80, {}, slow(300));
  let firstMs = Number.POSITIVE_INFINITY;
  const shown = running.printed('stdout', /\x1b\[K/).then(
    () => {
      firstMs = performance.now() - started;
    },
    () => {},
  );
  expect((await running.ended).out).toMatch(/end 0\r\n$/);
  await shown;
  expect(firstMs).toBeGreaterThan(1000);
});

test('-q shows none', async () => {
  const { out } = await sweepOnTerminal(['-q', place(300)], 80).ended;
  expect(out).toBe('end 0\r\n');
});
