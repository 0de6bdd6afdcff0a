import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contest, Runner } from './cases.ts';
import { diskReads } from './disk-reads.ts';
import { complaint, countLines, measure } from './measure.ts';
import type { Case, Sample, Tally } from './model.ts';
import type { Native } from './native.ts';
import { sameCase } from './series.ts';
import { rotated } from './statistics.ts';
import { difference, fellTree, growTree, tallyTree } from './tree.ts';

/** Where and how the contests are held. */
export interface Arena {
  readonly native: Native;
  /** A directory on the contest's file system. */
  readonly ground: string;
  /** For results and output of the measured commands: on tmpfs, not to measure the disk's writing of them. */
  readonly scratch: string;
  readonly patience: number;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

/**
 * Holds one contest, in rounds that each begin with another runner. What is removed is grown anew for each run, in
 * the deep tree only what is missing; a dry run leaves the tree to the next one. A runner that lost patience once
 * does not run again, nor does one that needed so long on fewer leftovers (`earlier` samples) that it would.
 */
export async function hold(
  contest: Contest,
  arena: Arena,
  earlier: readonly Sample[],
): Promise<readonly Sample[]> {
  const { ground, native, say } = arena;
  const directory = path.join(ground, 'tree');
  const samples: Sample[] = [];
  const keepsTree = contest.case.job !== 'removal' && contest.case.job !== 'report';
  let before: Tally | null = null;
  for (let round = 0; round < contest.rounds; round++)
    for (const runner of rotated(contest.runners, round)) {
      if (isTooSlow(runner, contest.case, [...earlier, ...samples], arena.patience)) continue;
      if (!before) {
        await growTree(native, contest.case, directory);
        before = await tallyTree(native, directory);
      }
      const sample = await runOnce(runner, contest.case, round, before, directory, arena);
      samples.push(sample);
      say(`${runner.id}, round ${round + 1}: ${(sample.wallMs / 1e3).toFixed(3)} s${remark(sample, arena)}`);
      if (keepsTree) continue;
      if (contest.case.shape === 'flat') await fellTree(directory);
      before = null;
    }
  await fellTree(directory);
  return samples;
}

async function runOnce(
  runner: Runner,
  base: Case,
  round: number,
  before: Tally,
  directory: string,
  { native, scratch, patience, ground }: Arena,
): Promise<Sample> {
  if (base.cold === true) {
    writeFileSync('/proc/sys/vm/drop_caches', '3\n');
    await measure(native, runner.command(mkdtempSync(path.join(scratch, 'empty.'))), scratch, patience);
  }
  const reads = diskReads(ground);
  const usage = await measure(native, runner.command(directory), scratch, patience);
  const served = diskReads(ground) - reads;
  const lines = await countLines(scratch);
  const removed = difference(before, await tallyTree(native, directory));
  return { case: base, contestant: runner.id, round, ...usage, removed, reads: served, lines };
}

/** A start that does not grow with the number of leftovers, in milliseconds: at most that much is taken for it. */
const START_MS = 500;

function isTooSlow(runner: Runner, base: Case, samples: readonly Sample[], patience: number): boolean {
  const sameContest = ({ contestant, case: other }: Sample) =>
    contestant === runner.id && sameCase({ ...other, leftovers: base.leftovers }, base);
  return samples.filter(sameContest).some(({ timedOut, wallMs, case: { leftovers } }) => {
    if (timedOut || leftovers >= base.leftovers) return timedOut;
    return ((wallMs - START_MS) * base.leftovers) / leftovers > patience * 1e3;
  });
}

function remark(sample: Sample, { scratch, patience }: Arena): string {
  if (sample.timedOut) return `, ended after ${patience} s`;
  if (sample.exit === 0) return '';
  return `, exit ${sample.exit}, signal ${sample.signal}: ${complaint(scratch)}`;
}
