import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { reportOf } from '../support/schema.ts';
import { type FaultTree, makeFaultTree } from './fault-tree.ts';
import { type Fault, sample } from './faults.ts';
import { judgeRun } from './judge.ts';
import { faultsOfSweep, makeReports, sweepTree, sweepWithFault } from './run.ts';

/** `all`, or how many of the faults; which ones; and a file for all that went wrong. */
const COUNT = process.env.CRIU_SWEEP_FAULTS ?? '300';
const SEED = Number(process.env.CRIU_SWEEP_FAULTS_SEED ?? Date.now() % 1_000_000);
const LOG = process.env.CRIU_SWEEP_FAULTS_LOG;
const TOGETHER = 2;

/** How runs ended, by the call that failed. */
interface Row {
  injected: number;
  exit0: number;
  exit3: number;
  wrong: number;
}

async function work(
  first: FaultTree,
  faults: Fault[],
  table: Map<string, Row>,
  bad: string[],
): Promise<void> {
  let tree = first;
  const reports = makeReports();
  for (let fault = faults.pop(); fault !== undefined; fault = faults.pop()) {
    tree.set();
    const row = table.get(fault.call) ?? { injected: 0, exit0: 0, exit3: 0, wrong: 0 };
    table.set(fault.call, row);
    let wrong: string[];
    let seen: string = fault.seen;
    try {
      const { ended, failed } = await sweepWithFault(tree, reports, fault);
      if (failed === null) continue;
      seen = failed;
      row.injected += 1;
      if (ended.code === 0) row.exit0 += 1;
      if (ended.code === 3) row.exit3 += 1;
      wrong = judgeRun(tree, fault, ended, reports);
    } catch (error) {
      wrong = [String(error).slice(0, 300)];
    }
    if (wrong.length === 0) continue;
    if (tree.lost().length > 0) tree = await makeFaultTree();
    const { call, when, errno, thread } = fault;
    row.wrong += 1;
    bad.push(
      `${call}:error=${errno}:when=${when} (${thread}) ${seen.slice(0, 200)}\n    ${wrong.join('\n    ')}`,
    );
  }
}

test('every call of a sweep fails once, with each errno it can have: no wrong removal, no lie, no hang', async (context) => {
  need(context, 'root', 'strace', 'namespaces', 'host pid namespace', 'cc');
  const first = await makeFaultTree();
  const reports = makeReports();
  expect((await sweepTree(first, reports)).code).toBe(0);
  expect(reportOf(readFileSync(reports.file)).summary.removed).toBe(first.free.length);
  first.set();
  const all = await faultsOfSweep(first, reports);
  const faults = sample(all, COUNT === 'all' ? all.length : Number(COUNT), SEED);
  console.log(`${faults.length} of ${all.length} faults, CRIU_SWEEP_FAULTS_SEED=${SEED}`);
  const table = new Map<string, Row>();
  const bad: string[] = [];
  const trees = [first];
  while (trees.length < TOGETHER) trees.push(await makeFaultTree());
  await Promise.all(trees.map((tree) => work(tree, faults, table, bad)));
  if (LOG !== undefined) writeFileSync(LOG, bad.join('\n'));
  console.table(Object.fromEntries([...table].toSorted(([a], [b]) => (a < b ? -1 : 1))));
  expect(bad).toEqual([]);
}, 3_600_000);
