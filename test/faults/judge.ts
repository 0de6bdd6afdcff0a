import { existsSync, readFileSync } from 'node:fs';
import type { Ended } from '../support/command.ts';
import { type Report, reportOf } from '../support/schema.ts';
import { bytesOf } from '../support/sweep.ts';
import { at } from '../support/tree.ts';
import type { FaultTree } from './fault-tree.ts';
import type { Fault } from './faults.ts';
import type { Reports } from './run.ts';

/** What is wrong with how a sweep behaved under a fault; nothing where it did as the contract says. */
export function judgeRun(tree: FaultTree, { errno, call }: Fault, ended: Ended, files: Reports): string[] {
  const wrong = tree.lost().map((path) => `lost: ${path}`);
  const { code, signal } = ended;
  if (code !== 0 && code !== 3) wrong.push(`ended with ${code ?? signal}: ${ended.err.slice(0, 300)}`);
  const reports = [files.stdout, files.file].map(read);
  // A reader of stdout that has gone needs no report.
  const needed = errno === 'EPIPE' ? reports.slice(1) : reports;
  for (const report of needed)
    if (report === null && code !== 3) wrong.push(`a report is not whole, and the exit status is ${code}`);
  const report = reports.find((each) => each !== null) ?? null;
  if (report === null) return [...wrong, 'no report is whole'];
  if (report.exitCode !== code && code !== 3)
    wrong.push(`the report says ${report.exitCode}, it was ${code}`);
  // Of a name that is said not to be there nobody can tell that it is.
  const believed = errno === 'ENOENT' && ['statx', 'rmdir', 'chdir', 'openat', 'readlink'].includes(call);
  const items = new Map(report.items.map((item) => [bytesOf(item), item]));
  for (const path of [...tree.free, ...tree.stay]) {
    const item = items.get(`${tree.dir}/${path}`);
    const isThere = existsSync(at(tree.dir, path));
    if (item === undefined) {
      if (!isThere) wrong.push(`removed without a word: ${path}`);
      else if (code === 0 && !believed) wrong.push(`not seen, and exit 0: ${path}`);
      continue;
    }
    const saysGone = item.outcome === 'removed' || (item.outcome === 'vanished' && !believed);
    if (item.outcome === 'vanished' && believed) continue;
    if (saysGone === isThere) wrong.push(`said to be ${item.outcome}: ${path}`);
    if (item.outcome === 'failed' && code === 0) wrong.push(`failed, and exit 0: ${path}`);
  }
  return wrong;
}

function read(file: string): Report | null {
  try {
    return reportOf(readFileSync(file));
  } catch {
    return null;
  }
}
