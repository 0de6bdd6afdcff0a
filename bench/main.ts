import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { countCalls } from './calls.ts';
import { planContests } from './cases.ts';
import { renderChart } from './chart.ts';
import { type Arena, hold } from './contest.ts';
import { describe, findContestants } from './contestants.ts';
import { inCrowd } from './crowd.ts';
import { renderMarkdown } from './document.ts';
import { describeMachine, mountOf } from './machine.ts';
import type { FileSystem, Results, Sample } from './model.ts';
import { compile } from './native.ts';
import { type Options, readOptions } from './options.ts';
import { stop } from './process.ts';
import { titleOf } from './series.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Makes a directory to work in on each file system that is asked for, and one on tmpfs for all else. */
function openGrounds(options: Options): {
  readonly scratch: string;
  readonly grounds: readonly { readonly fs: FileSystem; readonly directory: string }[];
} {
  const open = (parent: string) => mkdtempSync(path.join(parent, 'criu-sweep-bench.'));
  const parents = { tmpfs: options.tmpfsDir, disk: options.diskDir };
  for (const fs of options.fs) {
    if (!statSync(parents[fs]).isDirectory()) throw new Error(`${parents[fs]} is no directory`);
    const { type } = mountOf(parents[fs]);
    if ((type === 'tmpfs') !== (fs === 'tmpfs'))
      throw new Error(`${parents[fs]} is ${type}: see --${fs}-dir`);
  }
  const grounds = options.fs.map((fs) => ({ fs, directory: open(parents[fs]) }));
  return { scratch: open(options.tmpfsDir), grounds };
}

async function bench(options: Options, scratch: string, grounds: ReturnType<typeof openGrounds>['grounds']) {
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
    options: process.argv.slice(2).join(' '),
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
const opened: string[] = [];
try {
  const options = readOptions(process.argv);
  const { scratch, grounds } = openGrounds(options);
  opened.push(scratch, ...grounds.map(({ directory }) => directory));
  await bench(options, scratch, grounds);
} catch (error) {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  for (const directory of opened) rmSync(directory, { recursive: true, force: true });
}
