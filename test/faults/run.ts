import { readFileSync, rmSync } from 'node:fs';
import { type Ended, run } from '../support/command.ts';
import { scratch } from '../support/scratch.ts';
import { straced } from '../support/wrap.ts';
import type { FaultTree } from './fault-tree.ts';
import { CALLS, type Fault, faultsOf, injected, injectedCall } from './faults.ts';

const HANGS_AFTER_MS = 30_000;

/** One thread for what libuv does beside the main one, so that its calls can be numbered. */
const ENV = { UV_THREADPOOL_SIZE: '1' };

/** Where the two reports of a sweep go, and strace's log. */
export interface Reports {
  readonly log: string;
  readonly stdout: string;
  readonly file: string;
}

/** Files for them. */
export function makeReports(): Reports {
  const dir = scratch();
  return { log: `${dir}/log`, stdout: `${dir}/stdout.json`, file: `${dir}/report.json` };
}

/** Sweeps a tree that is set, under the words of a strace. */
export async function sweepTree(
  tree: FaultTree,
  reports: Reports,
  strace: readonly string[] = [],
): Promise<Ended> {
  rmSync(reports.file, { force: true });
  return run(['--json', '--report', reports.file, '--exclude', 'left-out/.*', ...tree.targets], {
    wrap: tree.wrap(strace),
    env: ENV,
    stdout: reports.stdout,
    timeoutMs: HANGS_AFTER_MS,
  });
}

/** Sweeps a tree with one fault. `failed`: the call that did, `null` where none was made to. */
export async function sweepWithFault(
  tree: FaultTree,
  reports: Reports,
  fault: Fault,
): Promise<{ readonly ended: Ended; readonly failed: string | null }> {
  const ended = await sweepTree(tree, reports, injected(fault, reports.stdout, reports.log));
  return { ended, failed: injectedCall(readFileSync(reports.log, 'latin1'), fault) };
}

/** Every fault there can be: sweeps a tree that is set without any, and looks what calls that makes. */
export async function faultsOfSweep(tree: FaultTree, reports: Reports): Promise<Fault[]> {
  const log = `${scratch()}/trace`;
  const traced = straced(log, CALLS.map((call) => `?${call}`).join(','));
  // With the path of each descriptor.
  const withPaths = traced.flatMap((word) => (word === '-f' ? [word, '-y'] : [word]));
  await sweepTree(tree, reports, withPaths);
  return faultsOf(readFileSync(log, 'latin1'), tree.dir, reports.stdout);
}
