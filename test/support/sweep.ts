import { type Ended, type RunOptions, run } from './command.ts';
import { type Report, type ReportItem, reportOf } from './schema.ts';

/** A sweep that reported in JSON, its report checked against the schema, against itself and against its exit status. */
export interface Swept extends Ended {
  readonly report: Report;
}

/** Runs the built command with `--json` and these arguments. */
export async function sweep(args: readonly string[], options: RunOptions = {}): Promise<Swept> {
  const ended = await run(['--json', ...args], options);
  if (ended.out === '') throw new Error(`no report (exit ${ended.code ?? ended.signal}): ${ended.err}`);
  const report = reportOf(ended.stdout);
  if (ended.code !== null && ended.code !== report.exitCode) {
    throw new Error(`the report says exit ${report.exitCode}, it was ${ended.code}`);
  }
  return { ...ended, report };
}

/** The exact bytes of an item's path. */
export const bytesOf = ({ path, pathBase64 }: Pick<ReportItem, 'path' | 'pathBase64'>): string =>
  (pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64')).toString('latin1');

/** The words of an item's reasons, sorted. */
export const whys = (item: ReportItem): string[] => item.reasons.map((reason) => reason.why).sort();

/** What came of each item, by its path below `root`: `removed`, or `kept: mode, owner`. */
export function outcomes(report: Report, root: string): Record<string, string> {
  const below = Buffer.from(`${root}/`).toString('latin1');
  const said = report.items.map((item) => {
    const path = bytesOf(item);
    const what = item.outcome === 'kept' ? `kept: ${whys(item).join(', ')}` : item.outcome;
    return [path.startsWith(below) ? path.slice(below.length) : path, what] as const;
  });
  if (new Set(said.map(([path]) => path)).size < said.length) throw new Error('a path is an item twice');
  return Object.fromEntries(said);
}
