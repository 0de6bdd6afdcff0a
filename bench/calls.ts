import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Arena } from './contest.ts';
import type { Contestant } from './contestants.ts';
import { type Command, measure } from './measure.ts';
import type { CallCount, Case } from './model.ts';
import { fellTree, growTree } from './tree.ts';

const LEFTOVERS = 2_000;
/** Seconds: a traced call takes some fifty times as long. */
const LEAST_PATIENCE = 60;

/** Counts every contestant's system calls (`strace -c -f`) on 2,000 leftovers and on an empty directory. */
export async function countCalls(
  contestants: readonly Contestant[],
  arena: Arena,
): Promise<readonly CallCount[]> {
  const counts: CallCount[] = [];
  for (const job of ['removal', 'dry-run'] as const)
    for (const { tool, self } of contestants) {
      const make = job === 'removal' ? tool.removal : tool.dryRun;
      if (!make) continue;
      const command = (directory: string) => make(self, { directory, shape: 'flat' });
      const idle = await trace(command, 0, arena);
      const busy = await trace(command, LEFTOVERS, arena);
      arena.say(`${tool.id}, system calls of ${job}: ${busy ? sum(busy) : 'ended, too slow'}`);
      if (!busy || !idle) continue;
      counts.push({
        contestant: tool.id,
        job,
        leftovers: LEFTOVERS,
        total: sum(busy),
        startup: sum(idle),
        byName: Object.fromEntries(busy),
      });
    }
  return counts;
}

/** Reads the summary of `strace -c`: calls by name. */
export function parseSummary(text: string): ReadonlyMap<string, number> {
  const rows = text.split('\n').flatMap((line) => {
    const match = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$/.exec(line);
    const [, calls, name] = match ?? [];
    return calls === undefined || name === undefined || name === 'total'
      ? []
      : [[name, Number(calls)] as const];
  });
  return new Map(rows);
}

async function trace(
  command: (directory: string) => Command,
  leftovers: number,
  { native, ground, scratch, patience }: Arena,
): Promise<ReadonlyMap<string, number> | null> {
  const base: Case = { job: 'removal', fs: 'tmpfs', shape: 'flat', leftovers };
  const directory = path.join(ground, 'tree');
  const summary = path.join(scratch, 'strace');
  await growTree(native, base, directory);
  const { argv, ...input } = command(directory);
  const strace = ['strace', '-c', '-f', '-o', summary, ...argv];
  const { timedOut } = await measure(
    native,
    { argv: strace, ...input },
    scratch,
    Math.max(patience, LEAST_PATIENCE),
  );
  await fellTree(directory);
  return timedOut ? null : parseSummary(readFileSync(summary, 'utf8'));
}

function sum(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((total, count) => total + count, 0);
}
