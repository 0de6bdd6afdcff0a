import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BIN, NODE, startProgram } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { snapshot } from '../support/tree.ts';

/** Runs the command on this Node, which says that it is another. */
async function onNode(version: string, args: readonly string[]) {
  const dir = scratch();
  const preload = `${dir}/pretend.cjs`;
  writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' });\n`);
  return startProgram([NODE, '--require', preload, BIN, ...args]).ended;
}

test.each([
  '0.10.48',
  '6.17.1',
  '12.22.9',
  '17.9.1',
])('Node %s is too old, and one line says so', async (version) => {
  const dir = scratch();
  plantLeftover(dir);
  const before = snapshot(dir);
  const { code, out, err } = await onNode(version, [dir]);
  expect({ code, out }).toEqual({ code: 70, out: '' });
  expect(err).toMatch(/^criu-sweep: needs Node 18 or later, and this is Node [^\n]+\n$/);
  expect(err).toContain(`Node ${version} (${NODE})`);
  expect(snapshot(dir)).toEqual(before);
});

test.each(['18.0.0', '100.1.0'])('Node %s is not', async (version) => {
  expect(await onNode(version, ['--version'])).toMatchObject({ code: 0, err: '' });
});

test('an old Node can read the file that says so', () => {
  const code = readFileSync(BIN, 'utf8').replace(/'[^']*'|^\/\/.*$|^#!.*$/gm, '');
  expect(code).not.toMatch(/=>|`|\b(?:const|let|class|import|async|await)\b|\?\.|\?\?|catch \{/);
});
