import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { unmountCommand, unmountOrder } from '../../src/inspection/unmount.ts';
import { asBytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { shellWord } from '../../src/output/shell-words.ts';

const mount = (id: number, parent: number, point: string) =>
  `${id} ${parent} 0:${id} / ${point} rw - tmpfs none rw`;
const order = (lines: string[], dir: string) =>
  unmountOrder(parseMountinfo(asBytes(lines.join('\n'))), asBytes(dir)).map(({ id }) => id);

test('what is mounted in a mount comes before it', () => {
  expect(order([mount(1, 0, '/'), mount(2, 1, '/w/x'), mount(3, 2, '/w/x/y')], '/w/x')).toEqual([3, 2]);
});

test('what is stacked on a mount comes before what it hides', () => {
  expect(order([mount(2, 1, '/x'), mount(3, 2, '/x/y'), mount(4, 2, '/x')], '/x')).toEqual([4, 3, 2]);
});

test('ids that the kernel gave out again say nothing of the order', () => {
  expect(order([mount(9, 1, '/x'), mount(3, 9, '/x/y'), mount(2, 3, '/x/y/z')], '/x')).toEqual([2, 3, 9]);
});

test('mounts below the directory count also where it is none itself', () => {
  expect(order([mount(5, 1, '/x/a/b'), mount(6, 1, '/x/a')], '/x')).toEqual([6, 5]);
});

test('a mount beside, whose path begins alike, is left alone', () => {
  expect(order([mount(5, 1, '/xy'), mount(6, 1, '/'), mount(7, 1, '/x/y')], '/x')).toEqual([7]);
});

test.each([
  '',
  'plain/path',
  'a b',
  "it's",
  '$(x) `y` "z"',
  '\\',
  '\n\t\x1b',
  '\xc3\xbc',
  '\xff1',
  "'\x01'",
  '-n',
  '*?[x]',
  '~',
  '#',
])('bash reads the word for %j as it was', (word) => {
  const printed = execFileSync('bash', ['-c', `printf %s ${shellWord(asBytes(word))}`], {
    encoding: 'latin1',
    cwd: '/',
  });
  expect(printed).toBe(word);
  expect(shellWord(asBytes(word))).toMatch(/^[\x20-\x7e]+$/);
});

test('a command is its words', () => {
  expect(
    unmountCommand(parseMountinfo(asBytes([mount(1, 0, '/a\\040b'), mount(2, 1, '/c')].join('\n')))),
  ).toBe("umount '/a b' /c");
});
