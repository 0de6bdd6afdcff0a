import type { Case, Entry, Results, Sample } from './model.ts';
import { casesOf, contestantsOf, medianOf, sameCase, titleOf } from './series.ts';

const OURS = 'criu-sweep';
const WIDTH = 760;
const LABEL = 190;
const VALUE = 80;
const ROW = 22;
const BAR = 15;
const HEAD = 34;
/** Bars longer than this many times ours are cut. */
const CUT = 5;

const STYLE = `text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 }
.bar { fill: #8c959f } .floor { fill: #c8ced4 } .ours { fill: #0969da } .cut { stroke: #fff; stroke-width: 3 }
.back { fill: #fff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .floor { fill: #3d444d }
.ours { fill: #4493f8 } .cut { stroke: #0d1117 } .back { fill: #0d1117 } }`;

interface Bar {
  readonly id: string;
  readonly label: string;
  readonly seconds: number;
  /** Ended for taking too long: it would have needed more than `seconds`. */
  readonly ended: boolean;
}

function barOf({ id, label }: Entry, base: Case, samples: readonly Sample[]): Bar {
  const milliseconds = medianOf(samples, base, id, 'wall');
  const mine = samples.filter((sample) => sample.contestant === id && sameCase(sample.case, base));
  const longest = Math.max(...mine.map(({ wallMs }) => wallMs));
  return { id, label, seconds: (milliseconds ?? longest) / 1e3, ended: milliseconds === null };
}

/**
 * Wall time as an SVG bar chart: of each job on each file system the case of 100,000, or the largest there is;
 * `null` where nothing was removed or looked for.
 */
export function renderChart({ samples, entries }: Results): string | null {
  const panels = chosen(casesOf(samples)).map((base) => {
    const ids = contestantsOf(samples, base);
    const bars = entries.filter(({ id }) => ids.includes(id)).map((entry) => barOf(entry, base, samples));
    return { title: titleOf(base), bars };
  });
  if (panels.length === 0) return null;
  const drawn = [text('Wall time in seconds, medians; shorter is better', 10, 22, 'value')];
  let y = 36;
  for (const { title, bars } of panels) {
    drawn.push(text(title, 10, y + 15, 'title'), ...drawBars(bars, y + HEAD - 8));
    y += HEAD + bars.length * ROW + 12;
  }
  const frame = `xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
  const back = `<rect class="back" width="${WIDTH}" height="${y}"/>`;
  return [
    `<svg ${frame} role="img">`,
    '<title>Wall time of criu-sweep and its peers</title>',
    `<style>${STYLE}</style>`,
    back,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function chosen(cases: readonly Case[]): readonly Case[] {
  const compared = cases.filter(({ job, cold }) => (job === 'removal' || job === 'dry-run') && cold !== true);
  const like = (a: Case, b: Case) => a.job === b.job && a.fs === b.fs && a.shape === b.shape;
  const rank = ({ leftovers }: Case) => (leftovers === 100_000 ? Number.POSITIVE_INFINITY : leftovers);
  return compared.filter((base) =>
    compared.every((other) => !like(base, other) || rank(other) <= rank(base)),
  );
}

function drawBars(bars: readonly Bar[], top: number): readonly string[] {
  const longest = Math.max(...bars.map(({ seconds }) => seconds));
  const ours = bars.find(({ id }) => id === OURS)?.seconds ?? longest;
  const end = Math.min(longest, ours * CUT);
  return bars.flatMap(({ id, label, seconds, ended }, index) => {
    const y = top + index * ROW;
    const width = Math.max(1, (Math.min(seconds, end) / end) * (WIDTH - LABEL - VALUE)).toFixed(1);
    const kind = id === OURS ? 'ours' : id === 'floor' ? 'floor' : 'bar';
    const right = LABEL + Number(width);
    const cut = `<path class="cut" d="M${right - 16} ${y + BAR + 2}l8 -${BAR + 4}"/>`;
    return [
      text(label, LABEL - 8, y + 12, 'label', 'end'),
      `<rect class="${kind}" x="${LABEL}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
      ...(ended || seconds > end ? [cut] : []),
      text(`${ended ? '> ' : ''}${seconds.toFixed(seconds < 10 ? 2 : 1)} s`, right + 6, y + 12, 'value'),
    ];
  });
}

function text(content: string, x: number, y: number, kind: string, anchor = 'start'): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${safe}</text>`;
}
