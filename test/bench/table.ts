import { judgeGoals } from './goals.ts';
import type { CallCount, Case, Entry, Results, Sample } from './model.ts';
import { casesOf, contestantsOf, medianOf, type Quantity, sameCase, series, titleOf } from './series.ts';
import { medianRatio } from './statistics.ts';
import { wronglyRemoved } from './tree.ts';

const OURS = 'criu-sweep';

/** All that was measured, as Markdown. `chart`: the chart's file name. */
export function renderMarkdown(results: Results, chart: string): string {
  const { samples, entries, calls } = results;
  const sections = casesOf(samples).map((base) => renderCase(base, samples, entries));
  const parts = [
    '# Benchmark',
    `![Wall time of the contestants](${chart})`,
    renderMachine(results),
    renderGoals(results),
    HOW_TO_READ,
    ...sections,
    renderCalls(calls),
    renderContestants(results),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const HOW_TO_READ = `## How to read this
To every 100 leftovers there are 15 decoys of five kinds: files, directories of mode 0755, young ones, ones that are not
empty, and near misses of the name. Nine leftovers of ten have the first prefix. The deep tree has 22,000 ordinary
directories and 160,000 files. Rounds are interleaved and each begins with another contestant; times are medians over
the rounds, **×** is the median of the ratios to criu-sweep taken round by round (above 1: slower or larger than
criu-sweep). CPU is user and system time together, memory the peak resident set. A tree is made anew for each removal,
written out to the disk before it, and counted after it: “right” means every leftover went, or in a dry run was
printed, and nothing else.`;

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
  const rows = judgeGoals(results).map(({ what, bound, limit, unit, measured, met }) => [
    what,
    `${bound === 'at-least' ? '≥' : '≤'} ${limit} ${unit}`,
    `${measured.toFixed(unit === '×' ? 2 : 1)} ${unit}`,
    met ? 'yes' : '**no**',
  ]);
  return rows.length === 0 ? '' : `## Goals\n${renderTable(['', 'goal', 'measured', 'met'], rows)}`;
}

function renderCase(base: Case, samples: readonly Sample[], entries: readonly Entry[]): string {
  const ids = contestantsOf(samples, base);
  const known = entries.map(({ id }) => id).filter((id) => ids.includes(id));
  const order = [...known, ...ids.filter((id) => !known.includes(id))];
  const reference = order.includes('node -e 0') ? 'node -e 0' : OURS;
  const rows = order.map((id) => {
    const cells = (['wall', 'cpu', 'memory'] as const).flatMap((quantity) => {
      const value = medianOf(samples, base, id, quantity);
      return [
        value === null ? '–' : show(value, quantity),
        showRatio(samples, base, id, reference, quantity),
      ];
    });
    const label = entries.find((entry) => entry.id === id)?.label ?? id;
    const mine = samples.filter((sample) => sample.contestant === id && sameCase(sample.case, base));
    return [label, String(mine.length), ...cells, ...(base.job === 'startup' ? [] : [judge(base, mine)])];
  });
  const heads = ['', 'rounds', 'wall, s', '×', 'CPU, s', '×', 'memory, MB', '×'];
  const note = reference === OURS ? '' : `× is over ${reference}.\n\n`;
  return `## ${titleOf(base)}\n${note}${renderTable(base.job === 'startup' ? heads : [...heads, 'result'], rows)}`;
}

/** Whether a contestant did the job: from its worst round. */
function judge(base: Case, samples: readonly Sample[]): string {
  const complaints = samples.map((sample) => {
    if (sample.timedOut) return 'ended: took too long';
    const missed = base.job === 'dry-run' ? 0 : base.leftovers - sample.removed.leftover;
    const wrong = wronglyRemoved(
      base.job === 'dry-run' ? sample.removed : { ...sample.removed, leftover: 0 },
    );
    const lines =
      base.job === 'dry-run' && sample.lines !== base.leftovers ? [`printed ${sample.lines} lines`] : [];
    return [
      ...(missed === 0 ? [] : [`left ${missed}`]),
      ...(wrong.length === 0 ? [] : [`removed ${wrong.join(', ')}`]),
      ...lines,
      ...(sample.exit === 0 ? [] : [`exit ${sample.exit}`]),
    ].join('; ');
  });
  return complaints.find((text) => text !== '') ?? 'right';
}

function show(value: number, quantity: Quantity): string {
  return quantity === 'memory' ? value.toFixed(1) : (value / 1e3).toFixed(3);
}

function showRatio(
  samples: readonly Sample[],
  base: Case,
  id: string,
  reference: string,
  quantity: Quantity,
): string {
  const ratio = medianRatio(series(samples, base, id, quantity), series(samples, base, reference, quantity));
  return ratio === null ? '–' : ratio.toFixed(2);
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
  return `## System calls\nOn tmpfs with 10,000 leftovers and their decoys, by strace.\n\n${renderTable(heads, rows)}`;
}

function renderContestants({ entries }: Results): string {
  const rows = entries.map(({ label, version, lacks, command }) => [
    label,
    version,
    lacks === '' ? 'does all' : lacks,
    `\`${command.replaceAll('|', '\\|')}\``,
  ]);
  return `## Contestants\nAll with \`LC_ALL=C\`.\n\n${renderTable(['', 'version', 'lacks', 'removal in one directory'], rows)}`;
}

function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
