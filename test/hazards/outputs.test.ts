import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run, start } from '../support/command.ts';
import { asleep, makeMany, stuck } from '../support/hazards.ts';
import { plantMany } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { MEMORY, scratch } from '../support/scratch.ts';
import { list, plant } from '../support/tree.ts';
import { after, inMountNamespace, quoted } from '../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'cc'));

/** A tree with that many leftovers, beside which reports can be written. */
function treeOf(count: number): { dir: string; tree: string } {
  const dir = scratch(MEMORY);
  plant(dir, [{ path: 'tree' }, { path: 'small' }]);
  plantMany(`${dir}/tree`, count);
  return { dir, tree: `${dir}/tree` };
}

test.each([
  '>&- 2>&- <&-',
  '<&- >&-',
])('streams closed from the start (%s): the sweep goes on, exit 0', async (closed) => {
  const { dir, tree } = treeOf(50);
  const { code } = await run(['--report', `${dir}/report`, tree], { wrap: after(`exec ${closed}`) });
  expect(list(tree)).toEqual([]);
  expect(code).toBe(0);
  expect(reportOf(readFileSync(`${dir}/report`)).summary.removed).toBe(50);
});

test('stderr closed by its reader: the sweep goes on', async () => {
  const { tree } = treeOf(50);
  const { code } = await run([tree, '/nowhere/at/all'], { wrap: ['bash', '-c', '"$@" 2> >(true)', 'bash'] });
  expect(list(tree)).toEqual([]);
  expect(code).toBe(3);
});

test('a disk that is full for the report: the sweep goes on, no half report is left, exit 3', async (context) => {
  need(context, 'namespaces');
  const { dir, tree } = treeOf(2000);
  const small = quoted(`${dir}/small`);
  const wrap = [
    ...inMountNamespace(`mount -t tmpfs -o size=64k none ${small}`),
    ...['bash', '-c', `"$@"; end=$?; ls -A ${small} | sed 's/^/left: /'; exit $end`, 'bash'],
  ];
  const { code, out, err } = await run(['--quiet', '--report', `${dir}/small/report.json`, tree], { wrap });
  expect(list(tree)).toEqual([]);
  expect(out).toBe('');
  expect(err).toMatch(/--report.*report\.json: .*ENOSPC/);
  expect(code).toBe(3);
});

test('a disk that is full for the report: the report that was there before stays whole', async (context) => {
  need(context, 'namespaces');
  const { dir, tree } = treeOf(2000);
  const small = quoted(`${dir}/small`);
  const wrap = [
    ...inMountNamespace(`mount -t tmpfs -o size=64k none ${small}; echo before > ${small}/report.json`),
    ...['bash', '-c', `"$@"; end=$?; cat ${small}/*; exit $end`, 'bash'],
  ];
  const { code, out } = await run(['--quiet', '--report', `${dir}/small/report.json`, tree], { wrap });
  expect(out).toBe('before\n');
  expect(code).toBe(3);
});

test('a reader that stalls, then reads on: nothing is lost', async () => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, 6000);
  const running = start(['--json', dir], { stalled: true });
  await stuck(running, dir, 6000);
  running.read();
  const ended = await running.ended;
  expect(ended.code).toBe(0);
  expect(list(dir)).toEqual([]);
});

test.each([
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('a reader that stalls, then a second %s: the second ends it', async (signal) => {
  const dir = scratch(MEMORY);
  await makeMany('leftovers', dir, 6000);
  const running = start(['--json', dir], { stalled: true });
  await stuck(running, dir, 6000);
  const before = readdirSync(dir).length;
  running.kill(signal);
  await asleep(running.pid);
  expect(running.kill(signal)).toBe(true);
  const { code, signal: endedBy } = await running.ended;
  expect({ code, endedBy }).toEqual({ code: null, endedBy: signal });
  expect(readdirSync(dir).length).toBe(before);
});
