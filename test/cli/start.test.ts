import { mkdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { pipedInto, straced } from '../support/wrap.ts';

let dir = '';

beforeEach((context) => {
  need(context, 'strace');
  dir = scratch();
  mkdirSync(`${dir}/tree`);
  plantLeftover(`${dir}/tree`);
});

/** The files of the package that a run opened. */
async function loaded(args: readonly string[]): Promise<string[]> {
  const log = `${dir}/log`;
  await run(args, { wrap: straced(log, 'open,openat') });
  const opened = [...readFileSync(log, 'utf8').matchAll(/"([^"]+)", [^)]*\) = \d/g)].map(
    ([, path = '']) => path,
  );
  return [...new Set(opened.filter((path) => path.startsWith(`${PACKAGE}dist/`)))].map((path) =>
    path.slice(`${PACKAGE}dist/`.length),
  );
}

test('a plain sweep loads what every start needs, and nothing else', async () => {
  const files = await loaded(['--color', 'always', `${dir}/tree`]);
  expect(files.sort()).toEqual(['criu-sweep.cjs', 'rolldown-runtime.cjs']);
  const text = readFileSync(`${PACKAGE}dist/criu-sweep.cjs`, 'utf8');
  const packages = [...text.matchAll(/^\/\/ node_modules\/([^/]+)\//gm)].map(([, name]) => name);
  expect([...new Set(packages)].sort()).toEqual(['commander', 'ms', 'picocolors']);
});

test('a glob loads fast-glob, and neither YAML nor metrics', async () => {
  const files = await loaded([`${dir}/t*`]);
  expect(files.some((name) => /glob/.test(name))).toBe(true);
  for (const name of ['kubernetes.cjs', 'prom-client.cjs', 'inspect.cjs']) expect(files).not.toContain(name);
});

test.each([
  ['a sweep', ['--color', 'always', '-v']],
  ['a sweep of a glob, with a report', ['--json', '--report', '/dev/null']],
  ['a help', ['--help']],
  ['a mistake', ['--frobnicate']],
  ['inspect', ['inspect']],
])('%s leaves a shared pipe blocking', async (_, args) => {
  const log = `${dir}/log`;
  const wrap = [...straced(log, 'fcntl,ioctl,write'), ...pipedInto('cat')];
  await run([...args, `${dir}/t*`], { wrap });
  const calls = readFileSync(log, 'utf8').split('\n');
  expect(calls.some((call) => /write\([12], /.test(call))).toBe(true);
  expect(calls.filter((call) => /(?:ioctl|fcntl)\([012], (?:FIONBIO|F_SETFL)/.test(call))).toEqual([]);
});
