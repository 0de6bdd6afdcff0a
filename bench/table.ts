import type { Case, Entry, Sample } from './model.ts';
import { casesOf, contestantsOf, medianOf, type Quantity, sameCase, series, titleOf } from './series.ts';
import { medianRatio } from './statistics.ts';
import { wronglyRemoved } from './tree.ts';

const OURS = 'criu-sweep';

const HEADS = { wall: 'wall, s', cpu: 'CPU, s', memory: 'memory, MB', reads: 'reads' } as const;

/** One case as a Markdown section: a row for each contestant. */
export function renderCase(base: Case, samples: readonly Sample[], entries: readonly Entry[]): string {
  const ids = contestantsOf(samples, base);
  const known = entries.map(({ id }) => id).filter((id) => ids.includes(id));
  const order = [...known, ...ids.filter((id) => !known.includes(id))];
  const reference = order.includes('node -e 0') ? 'node -e 0' : OURS;
  const quantities = (['wall', 'cpu', 'memory', 'reads'] as const).filter(
    (quantity) => quantity !== 'reads' || base.cold === true,
  );
  const rows = order.map((id) => {
    const cells = quantities.flatMap((quantity) => {
      const value = medianOf(samples, base, id, quantity);
      return [
        value === null ? '–' : show(value, quantity),
        showRatio(samples, base, id, reference, quantity),
      ];
    });
    const label = entries.find((entry) => entry.id === id)?.label ?? id;
    const mine = samples.filter((sample) => sample.contestant === id && sameCase(sample.case, base));
    return [label, String(mine.length), ...cells, ...(isJudged(base) ? [judge(base, mine)] : [])];
  });
  const left = leftOut(base, samples);
  const heads = ['', 'rounds', ...quantities.flatMap((quantity) => [HEADS[quantity], '×'])];
  const note = [
    ...(reference === OURS ? [] : [`× is over ${reference}.\n\n`]),
    ...(left.length === 0
      ? []
      : [`Left out, since on fewer leftovers they were too slow: ${left.join(', ')}.\n\n`]),
  ].join('');
  return `## ${titleOf(base)}\n${note}${renderTable(isJudged(base) ? [...heads, 'result'] : heads, rows)}`;
}

/** Start-up and look have nothing to remove, and the programs that only look print something else. */
function isJudged({ job }: Case): boolean {
  return job !== 'startup' && job !== 'look';
}

/** Whether a contestant did the job: all that was wrong in any of its rounds. */
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
  const distinct = [...new Set(complaints.filter((text) => text !== ''))];
  return distinct.length === 0 ? 'right' : distinct.join(', or ');
}

function show(value: number, quantity: Quantity): string {
  if (quantity === 'reads') return value.toLocaleString('en');
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

/** Contestants of the same contest on fewer leftovers that are not in this one. */
function leftOut(base: Case, samples: readonly Sample[]): readonly string[] {
  const smaller = casesOf(samples).filter(
    (other) => sameCase({ ...other, leftovers: base.leftovers }, base) && other.leftovers < base.leftovers,
  );
  const here = contestantsOf(samples, base);
  return [...new Set(smaller.flatMap((other) => contestantsOf(samples, other)))].filter(
    (id) => !here.includes(id),
  );
}

/** Peak memory of removals in one directory over their sizes; empty where there is only one size. */
export function renderMemory(samples: readonly Sample[], entries: readonly Entry[]): string {
  const cases = casesOf(samples).filter(
    ({ job, shape, fs }) => job === 'removal' && shape === 'flat' && fs === 'tmpfs',
  );
  if (cases.length < 2) return '';
  const rows = entries.map(({ id, label }) => {
    const peaks = cases.map((base) => medianOf(samples, base, id, 'memory'));
    return [label, ...peaks.map((peak) => (peak === null ? '–' : peak.toFixed(1)))];
  });
  const heads = ['', ...cases.map(({ leftovers }) => leftovers.toLocaleString('en'))];
  return `## Peak memory over the number of leftovers, MB\nRemoval in one directory on tmpfs.\n\n${renderTable(heads, rows)}`;
}

/** A Markdown table. */
export function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
