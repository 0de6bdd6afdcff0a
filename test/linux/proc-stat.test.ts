import { expect, test } from 'vitest';
import { parseStat, readStat } from '../../src/linux/proc-stat.ts';

const line = (comm: string): string =>
  `4711 (${comm}) T 4700 4711 4699 34816 4720 4194308 99 0 0 0 0 0 0 0 20 0 1 0 491003 3133440 380`;

test.each([
  'criu',
  'a b',
  ') R 1 1 1',
  '((',
  '',
  '\n',
])('a comm of %j is told, and does not move the fields', (comm) => {
  expect(parseStat(line(comm))).toEqual({
    pid: 4711,
    comm,
    state: 'T',
    parent: 4700,
    group: 4711,
    session: 4699,
    terminalGroup: 4720,
    flags: 4194308,
    startTime: 491003,
  });
});

test('a line that was cut short tells nothing', () => {
  expect(parseStat('')).toBeNull();
  expect(parseStat('4711 (criu) T 4700 4711')).toBeNull();
});

test('our own line says what we know of ourselves', () => {
  expect(readStat('self')).toMatchObject({ pid: process.pid, parent: process.ppid });
  expect(readStat(process.pid)).toEqual(expect.objectContaining({ pid: process.pid }));
});

test('of a process that is gone there is nothing to say', () => {
  expect(readStat(2 ** 22 + 1)).toBeNull();
});
