import { judgeGoals } from './goals.ts';
import type { CallCount, Results } from './model.ts';
import { casesOf } from './series.ts';
import { renderCase, renderMemory, renderTable } from './table.ts';

/** All that was measured, as Markdown. `chart`: the chart's file name, where there is one. */
export function renderMarkdown(results: Results, chart: string | null): string {
  const { samples, entries, calls } = results;
  const sections = casesOf(samples).map((base) => renderCase(base, samples, entries));
  const parts = [
    '# Benchmark',
    chart === null ? '' : `![Wall time of the contestants](${chart})`,
    renderMachine(results),
    renderGoals(results),
    HOW_TO_READ,
    ...sections,
    renderMemory(samples, entries),
    renderCalls(calls),
    renderContestants(results),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const HOW_TO_READ = `## How to read this
To every 100 leftovers there are 15 decoys of five kinds: files, directories of mode 0755, young ones, ones that are not
empty, and near misses of the name. Every contestant that can looks for all ten prefixes; the leftovers are of the three
kinds that CRIU never mounts anything on, nine of ten of the first, so that it does not depend on the machine whether
criu-sweep may remove them. The deep tree has 22,000 ordinary directories and 160,000 files.

Where nothing of a tree is in memory, the kernel's caches were dropped before each run, and the tool was started once on an
empty directory, so that it does not read its own files from the disk. Reads are the requests that the disk served meanwhile.

Rounds are interleaved and each begins with another contestant; times are medians over the rounds, **×** is the median
of the ratios to criu-sweep taken round by round (above 1: slower or larger than criu-sweep). CPU is user and system
time together, memory the peak resident set. A tree is made anew for each removal, written out to the disk before it,
and counted after it: “right” means every leftover went, or in a dry run was printed, and nothing else.

The look at who uses a directory is a dry run of one leftover while a thousand more processes live on the machine.
fuser and lsof are asked about the directory alone, and exit with 1 where nobody uses it.`;

function renderMachine({ machine, options, missing }: Results): string {
  const rows = [
    ['date', machine.date],
    ['processor', `${machine.cpu}, ${machine.cores} cores, load at the start ${machine.load}`],
    ['memory', `${machine.memoryMiB.toLocaleString('en')} MiB`],
    ['kernel', machine.kernel],
    ...Object.entries(machine.fileSystems).map(([fs, text]) => [fs, text]),
    ['Node', machine.node],
    ['options', options === '' ? 'none' : `\`${options}\``],
    ['missing', missing.length === 0 ? 'none' : missing.join('; ')],
  ];
  return renderTable(['', ''], rows);
}

function renderGoals(results: Results): string {
  const rows = judgeGoals(results).map(({ what, limit, unit, measured, met }) => [
    what,
    `≤ ${limit} ${unit}`,
    `${measured.toFixed(unit === '×' ? 2 : 1)} ${unit}`,
    met ? 'yes' : '**no**',
  ]);
  return rows.length === 0 ? '' : `## Goals\n${renderTable(['', 'goal', 'measured', 'met'], rows)}`;
}

function renderCalls(calls: readonly CallCount[]): string {
  if (calls.length === 0) return '';
  const rows = calls.map(({ contestant, job, leftovers, total, startup, byName }) => [
    contestant,
    job,
    ((total - startup) / leftovers).toFixed(2),
    String(startup),
    Object.entries(byName)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 5)
      .map(([name, count]) => `${name} ${(count / leftovers).toFixed(2)}`)
      .join(', '),
  ]);
  const heads = ['', 'job', 'calls per leftover', 'on an empty directory', 'most frequent, per leftover'];
  return `## System calls\nOn tmpfs with ${calls[0]?.leftovers.toLocaleString('en')} leftovers and their decoys, by strace.\n\n${renderTable(heads, rows)}`;
}

function renderContestants({ entries }: Results): string {
  const items = entries.map(
    ({ label, version, lacks, command }) =>
      `**${label}**, ${version}${lacks === '' ? '' : `. Lacks: ${lacks}`}\n\n    ${command}`,
  );
  const head =
    'All run with `LC_ALL=C`; here as in a removal in one directory. `??????` is six times `[A-Za-z0-9]`.';
  return ['## Contestants', head, ...items].join('\n\n');
}
