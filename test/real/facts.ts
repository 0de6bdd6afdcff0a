import { readFileSync } from 'node:fs';
import { type InspectReport, schemaOf } from '../support/inspection.ts';
import { type Report, type ReportItem, reportOf } from '../support/schema.ts';
import { sharedWith } from './vm/machine.ts';

/** How a command ended in the machine. */
export interface Kept {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One of the directories of CRIU that lay there. */
export interface Found {
  readonly mode: string;
  readonly there: 'empty' | 'a mount' | 'files';
  readonly path: string;
}

const inspected = schemaOf<InspectReport>('inspect');

const THERE: Readonly<Record<string, Found['there']>> = { empty: 'empty', mount: 'a mount', full: 'files' };

/** Reads what one boot left in its folder of facts. Each throws where it was not left. */
export function factsOf(boot: string) {
  const read = (file: string) => readFileSync(`${sharedWith(boot)}/facts/${file}`, 'utf8');
  const kept = (name: string): Kept => ({
    code: Number(read(`${name}.status`)),
    out: read(`${name}.out`),
    err: read(`${name}.err`),
  });
  return {
    kept,
    /** A file's lines, without an empty last one. */
    lines: (file: string): string[] => read(file).split('\n').filter(Boolean),
    /** A sweep's report, held against the schema and its exit status. */
    report: (name: string): Report => sameStatus(kept(name), reportOf(read(`${name}.out`))),
    /** The report of a `run`, whose own exit status is the command's. */
    runReport: (name: string): Report => reportOf(read(`${name}.report`)),
    /** An inspection's. */
    inspection: (name: string): InspectReport =>
      sameStatus(kept(name), inspected(JSON.parse(read(`${name}.out`)))),
    json: (name: string): unknown => JSON.parse(read(`${name}.out`)),
  };
}

function sameStatus<T extends { readonly exitCode: number }>({ code, err }: Kept, report: T): T {
  if (code !== report.exitCode)
    throw new Error(`ended with ${code}, its report says ${report.exitCode}: ${err}`);
  return report;
}

/** Reads a line of the guest's `leftovers`: mode, what is there, path. */
export function foundOf(line: string): Found {
  const [mode = '', what = '', path = ''] = line.split('\t');
  const there = THERE[what];
  if (there === undefined) throw new Error(`no leftover: ${line}`);
  return { mode, there, path };
}

/** The prefix of a leftover's path: its name without the six characters of mkdtemp(3). */
export const prefixOf = (path: string): string => path.replace(/^.*\//, '').slice(0, -6);

/** The reason of a kept directory: the first that is not its mode, which a mount on it changes. */
export const whyKept = ({ reasons }: ReportItem): string =>
  reasons.find(({ why }) => why !== 'mode')?.why ?? 'mode';
