import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { PACKAGE } from './command.ts';

/** One candidate in a JSON report. */
export interface ReportItem {
  readonly path: string;
  readonly pathBase64?: string;
  readonly prefix: string;
  readonly outcome: 'removed' | 'would-remove' | 'kept' | 'vanished' | 'failed';
  readonly reasons: readonly { readonly why: string; readonly [detail: string]: unknown }[];
  readonly uid: number;
  readonly mode: string;
  readonly mtime: string;
  readonly ageMs: number;
  readonly dev: string;
  readonly ino: string;
  readonly code?: string;
  readonly syscall?: string;
}

/** A JSON report, as far as the tests read it. What each value may be is for the schema to say. */
export interface Report {
  readonly schemaVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  readonly host: string;
  readonly uid: number;
  readonly startedAt: string;
  readonly dryRun: boolean;
  readonly policy: {
    readonly prefixes: readonly string[];
    readonly olderThanMs: number;
    readonly ageBy: string;
    readonly owner: number | null;
    readonly mode: string | null;
    readonly maxDepth: number | null;
    readonly crossDevice: boolean;
    readonly exclude: readonly string[];
  };
  /** Of `run` only. */
  readonly command?: {
    readonly argv: readonly string[];
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly startedAt: string;
    readonly durationMs: number;
    readonly watched?: readonly { readonly path: string; readonly why: string }[];
  };
  readonly items: readonly ReportItem[];
  readonly targets: readonly {
    readonly path: string;
    readonly resolved: string | null;
    readonly status: string;
    readonly directories: number;
    readonly entries: number;
  }[];
  readonly errors: readonly { readonly path: string; readonly code: string; readonly syscall: string }[];
  readonly summary: {
    readonly matched: number;
    readonly removed: number;
    readonly wouldRemove: number;
    readonly kept: number;
    readonly vanished: number;
    readonly failed: number;
    readonly keptBy: Readonly<Record<string, number>>;
  };
  readonly inUse: {
    readonly checked: boolean;
    readonly unreadableProcesses: number;
    readonly foreignPidNamespace: boolean;
  };
  readonly interrupted: string | null;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly exitCode: number;
}

/** The JSON Schema that the package ships. Throws where there is none. */
export const SCHEMA = `${PACKAGE}schema/report.schema.json`;

const compiled = () => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  formats.default(ajv);
  const schema: object = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  return ajv.compile<Report>(schema);
};
let validator: ReturnType<typeof compiled> | undefined;

/** Holds a parsed report against the schema, and the sums in it against its items. Throws with all that is wrong. */
export function checked(report: unknown): Report {
  validator ??= compiled();
  if (!validator(report)) {
    const wrong = validator.errors?.map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
    throw new Error(`not a report:\n${wrong?.join('\n')}\n${JSON.stringify(report)?.slice(0, 2000)}`);
  }
  const wrong = contradictions(report);
  if (wrong.length > 0) throw new Error(`a report that contradicts itself:\n${wrong.join('\n')}`);
  return report;
}

/** Parses and checks a JSON report. */
export const reportOf = (json: string | Buffer): Report => {
  const parsed: unknown = JSON.parse(json.toString());
  return checked(parsed);
};

/** Where the counts and the items of a report disagree; empty where they agree. */
function contradictions(report: Report): string[] {
  const { summary, items } = report;
  const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
  const keptBy: Record<string, number> = {};
  for (const { why } of items.flatMap((item) => (item.outcome === 'kept' ? item.reasons : []))) {
    keptBy[why] = (keptBy[why] ?? 0) + 1;
  }
  const said = Object.fromEntries(Object.entries(summary.keptBy).filter(([, n]) => n > 0));
  const pairs: readonly [string, unknown, unknown][] = [
    ['matched', summary.matched, items.length],
    ['removed', summary.removed, count('removed')],
    ['wouldRemove', summary.wouldRemove, count('would-remove')],
    ['kept', summary.kept, count('kept')],
    ['vanished', summary.vanished, count('vanished')],
    ['failed', summary.failed, count('failed')],
    ['keptBy', sorted(said), sorted(keptBy)],
    ['kept without a reason', 0, items.filter((i) => i.outcome === 'kept' && i.reasons.length === 0).length],
    [
      'reasons of what was not kept',
      0,
      items.filter((i) => i.outcome !== 'kept' && i.reasons.length > 0).length,
    ],
  ];
  return pairs
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => `${what}: summary says ${a}, items say ${b}`);
}

const sorted = (counts: Readonly<Record<string, number>>): string =>
  JSON.stringify(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
