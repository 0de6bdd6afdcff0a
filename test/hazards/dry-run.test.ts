import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { type Fixture, readTree } from '../support/fixture.ts';
import { scratch } from '../support/scratch.ts';
import { changes, traced } from '../support/trace.ts';
import { plant, snapshot } from '../support/tree.ts';
import { straced } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'strace'));

const count = ({ entries }: Fixture): number => entries.filter((entry) => entry.expect === 'removed').length;

test.each([
  ['--dry-run'],
  ['-n', '-v'],
  ['--check'],
  ['--dry-run', '--json', '--no-in-use'],
  ['-n', '--cross-device', '--format=ndjson'],
])('a dry run that is dry: strace of %s %s %s shows no call that changes anything', async (...options) => {
  const dir = scratch();
  plant(dir, readTree('contract').entries);
  const before = snapshot(dir);
  const log = `${scratch()}/trace`;
  const { code } = await run([...options, dir], { wrap: traced(log) });
  expect(code).toBe(options.includes('--check') ? 1 : 0);
  expect(changes(log)).toEqual([]);
  expect(snapshot(dir)).toEqual(before);
});

test('a real run of the same shows rmdir of what it removed, and nothing else', async () => {
  const dir = scratch();
  const tree = readTree('contract');
  plant(dir, tree.entries);
  const log = `${scratch()}/trace`;
  await run(['--no-in-use', dir], { wrap: traced(log) });
  const calls = changes(log);
  expect(calls.filter((call) => !call.startsWith('rmdir('))).toEqual([]);
  expect(calls.filter((call) => call.endsWith(' = 0'))).toHaveLength(count(tree));
  expect(calls.filter((call) => call.includes('/'))).toEqual([]);
});

test('lookups after a target was opened are of one name: no joined path below it reaches a call', async () => {
  const dir = scratch();
  plant(dir, readTree('contract').entries);
  const log = `${scratch()}/trace`;
  await run(['--no-in-use', dir], { wrap: straced(log, '?%file') });
  const paths = [...readFileSync(log, 'utf8').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(paths.filter((path) => path.startsWith(`${dir}/`))).toEqual([]);
  expect(paths.filter((path) => path.startsWith('.criu.')).length).toBeGreaterThan(10);
  expect(paths.filter((path) => path.includes('.criu.') && path.includes('/'))).toEqual([]);
});
