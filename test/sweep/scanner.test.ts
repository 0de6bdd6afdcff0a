import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { scanTree } from '../../src/sweep/scanner.ts';
import { scanScope } from '../support/scan-scope.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

const SCOPE = scanScope(bytes`x.`);

let dir = '';

beforeEach(() => {
  dir = scratch();
  for (const parent of ['in/a', 'in/b', 'in/c', 'out/b'])
    mkdirSync(`${dir}/${parent}/x.${parent.replace('/', '').padEnd(6, '0')}`, { recursive: true });
  returnAfterwards();
});

/** What a scan of `in` finds and says, while a move is made when it stands in the first of its directories. */
function scanWhile(move: (standing: string) => void) {
  const root = asBytes(`${dir}/in`);
  const found: string[] = [];
  for (const event of scanTree(root, statSync(root), SCOPE, { directories: 0, entries: 0 })) {
    if (event.type === 'error') found.push(event.error.code);
    if (event.type !== 'candidate') continue;
    if (found.length === 0) move(process.cwd());
    found.push(`${event.candidate.name} in ${process.cwd().slice(dir.length)}`);
  }
  return found.sort();
}

test('a scan goes from one directory into the next', () => {
  expect(scanWhile(() => {})).toEqual(['x.ina000 in /in/a', 'x.inb000 in /in/b', 'x.inc000 in /in/c']);
});

test('a directory that is moved while we stand in it does not lead astray', () => {
  const found = scanWhile((standing) => renameSync(standing, `${dir}/out/moved`));
  expect(found.filter((what) => what.includes('out/b'))).toEqual([]);
  expect(found.map((what) => what.replace(/ in .*/, ''))).toEqual(['x.ina000', 'x.inb000', 'x.inc000']);
});

test('a sibling that is removed, and one that is made anew, while we stand beside them are no error', () => {
  const found = scanWhile((standing) => {
    const [gone, made] = ['a', 'b', 'c'].filter((name) => !standing.endsWith(name));
    rmSync(`${dir}/in/${gone}`, { recursive: true });
    renameSync(`${dir}/in/${made}`, `${dir}/out/was`);
    mkdirSync(`${dir}/in/${made}/x.000000`, { recursive: true });
  });
  expect(found.map((what) => what.replace(/ in .*/, ''))).toContain('x.000000');
  expect(found).toHaveLength(2);
});

test('a sibling that is exchanged while we stand beside it is looked at again, where its name is now', () => {
  const found = scanWhile((standing) => {
    const sibling = standing.endsWith('b') ? 'a' : 'b';
    renameSync(`${dir}/in/${sibling}`, `${dir}/out/was`);
    renameSync(`${dir}/out/b`, `${dir}/in/${sibling}`);
  });
  expect(found).toHaveLength(3);
  expect(found.filter((what) => what.startsWith('x.outb00'))).toHaveLength(1);
});
