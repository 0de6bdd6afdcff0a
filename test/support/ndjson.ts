import { checked, type Report } from './schema.ts';

/** The lines of an ndjson report, each parsed, with its `type`. Throws where a line is no object or the last is cut. */
export function linesOf(ndjson: string): Record<string, unknown>[] {
  if (!ndjson.endsWith('\n')) throw new Error(`the last line is cut: ${ndjson.slice(-200)}`);
  return ndjson.trimEnd().split('\n').map(parsedLine);
}

function parsedLine(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error(`no object: ${line}`);
  return Object.fromEntries(Object.entries(value));
}

const without = (line: Record<string, unknown>): Record<string, unknown> => {
  const { type: _, ...rest } = line;
  return rest;
};

/** The JSON report that an ndjson stream amounts to, checked as one. */
export function foldNdjson(ndjson: string): Report {
  const lines = linesOf(ndjson);
  const of = (type: string) => lines.filter((line) => line.type === type).map(without);
  const known = ['start', 'item', 'target', 'error', 'summary'];
  const unknown = lines.filter((line) => !known.some((type) => type === line.type));
  if (unknown.length > 0) throw new Error(`lines of no type: ${JSON.stringify(unknown)}`);
  if (lines[0]?.type !== 'start' || lines.at(-1)?.type !== 'summary')
    throw new Error('start first, summary last');
  if (of('start').length !== 1 || of('summary').length !== 1) throw new Error('one start, one summary');
  const parts = { items: of('item'), targets: of('target'), errors: of('error') };
  return checked({ ...of('start')[0], ...parts, ...of('summary')[0] });
}
