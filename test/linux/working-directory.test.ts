import { lstatSync, mkdirSync, renameSync, rmdirSync, symlinkSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { bytes } from '../../src/linux/bytes.ts';
import { stepAside } from '../../src/linux/working-directory.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

let dir = '';

/** We stand in `in/a`, and have looked at `in/b` from `in`. */
beforeEach(() => {
  dir = scratch();
  for (const path of ['in', 'in/a', 'in/b', 'out', 'out/b']) mkdirSync(`${dir}/${path}`);
  returnAfterwards();
  process.chdir(`${dir}/in/a`);
});

test('a step aside leads into the sibling that was looked at', () => {
  expect(stepAside(bytes`b`, lstatSync(`${dir}/in/b`))).toMatchObject({ kind: 'entered' });
  expect(process.cwd()).toBe(`${dir}/in/b`);
});

test.each([
  ['the directory we stand in was moved', () => renameSync(`${dir}/in/a`, `${dir}/out/a`), 'changed'],
  ['another has the name', () => renameSync(`${dir}/out/b`, `${dir}/in/b`), 'changed'],
  ['a link has the name', () => link(`${dir}/out/b`), 'changed'],
  ['a link that leads nowhere has the name', () => link('nowhere'), 'failed'],
  ['it is gone', () => rmdirSync(`${dir}/in/b`), 'failed'],
])('a step aside where %s does not', (_, move, kind) => {
  const expected = lstatSync(`${dir}/in/b`);
  move();
  expect(stepAside(bytes`b`, expected)).toMatchObject({ kind });
});

function link(to: string): void {
  rmdirSync(`${dir}/in/b`);
  symlinkSync(to, `${dir}/in/b`);
}
