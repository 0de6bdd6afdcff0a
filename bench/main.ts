import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { countCalls } from './calls.ts';
import { planContests } from './cases.ts';
import { renderChart } from './chart.ts';
import { type Arena, hold } from './contest.ts';
import { describe, findContestants } from './contestants.ts';
import { inCrowd } from './crowd.ts';
import { renderMarkdown } from './document.ts';
import { openLoop } from './loop.ts';
import { describeMachine, mountOf } from './machine.ts';
import type { FileSystem, Results, Sample } from './model.ts';
import { compile } from './native.ts';
import { type Options, readOptions } from './options.ts';
import { stop } from './process.ts';
import { runsOf } from './published.ts';
import { titleOf } from './series.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** A directory to work in on a file system. */
interface Ground {
  readonly fs: FileSystem;
  readonly directory: string;
}

/** Called at the end, the last first. */
const closing: (() => void)[] = [];

function openDirectory(parent: string): string {
  const directory = mkdtempSync(path.join(parent, 'criu-sweep-bench.'));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function openGround(fs: FileSystem, { tmpfsDir, diskDir }: Options): Ground {
  if (fs === 'xfs' || fs === 'btrfs') {
    const loop = openLoop(fs, diskDir);
    closing.push(() => loop.close());
    return { fs, directory: loop.directory };
  }
  const parent = fs === 'tmpfs' ? tmpfsDir : diskDir;
  const { type } = mountOf(parent);
  if ((type === 'tmpfs') !== (fs === 'tmpfs')) throw new Error(`${parent} is ${type}: see --${fs}-dir`);
  return { fs, directory: openDirectory(parent) };
}

function close(): void {
  for (const each of closing.splice(0).reverse()) each();
}

async function bench(options: Options): Promise<void> {
  const grounds = options.fs.map((fs) => openGround(fs, options));
  const scratch = openDirectory(options.tmpfsDir);
  const sources = path.resolve('bench');
  const native = compile(sources, scratch);
  const { contestants, missing } = findContestants({ ...options, native, wanted: options.tools });
  for (const each of missing) say(`missing: ${each}`);
  const machine = describeMachine(grounds);
  const ground = (fs: FileSystem) => grounds.find((each) => each.fs === fs)?.directory ?? scratch;
  const arena = (fs: FileSystem): Arena => ({ ...options, native, scratch, ground: ground(fs), say });
  const samples: Sample[] = [];
  const plan = {
    ...options,
    contestants,
    ours: contestants.find(({ tool }) => tool.id === 'criu-sweep') ?? null,
    reportFile: path.join(scratch, 'report.json'),
  };
  for (const contest of planContests(plan)) {
    if (contest.runners.length === 0) continue;
    say(`# ${titleOf(contest.case)}`);
    const held = () => hold(contest, arena(contest.case.fs), samples);
    samples.push(...(await (contest.case.job === 'look' ? inCrowd(native, held) : held())));
  }
  const traced = options.only.includes('calls') && hasStrace();
  const calls = traced ? await countCalls(contestants, { ...arena('tmpfs'), ground: scratch }) : [];
  const results: Results = {
    machine,
    options: options.written,
    entries: contestants.map(describe),
    missing,
    samples,
    calls,
  };
  write(results, options.outputDir);
}

function hasStrace(): boolean {
  const found = spawnSync('strace', ['-V']).status === 0;
  if (!found) say('missing: strace (no system calls are counted)');
  return found;
}

function write(results: Results, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const save = (name: string, content: string) => {
    writeFileSync(path.join(directory, name), content);
    say(`wrote ${path.join(directory, name)}`);
  };
  save('results.json', `${JSON.stringify(results, null, 1)}\n`);
  const chart = renderChart(results);
  if (chart !== null) save('chart.svg', chart);
  save('results.md', renderMarkdown(results, chart === null ? null : 'chart.svg'));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    say(`bench: ${signal}`);
    stop.abort();
  });
try {
  for (const argv of runsOf(process.argv)) {
    await bench(readOptions(argv));
    close();
  }
} catch (error) {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  close();
}
