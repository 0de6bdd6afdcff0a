import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { type Ended, PACKAGE, type RunOptions, run } from './command.ts';
import type { Report, ReportItem } from './schema.ts';

/** One run in the JSON report of an inspection. */
export interface ReportRun {
  readonly log: string;
  readonly logBase64?: string;
  readonly operation: string;
  readonly version: string | null;
  readonly affected: boolean | null;
  readonly outcome: string;
  readonly firstError: { readonly message: string; readonly source: string } | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly images: {
    readonly files: number;
    readonly bytes: number;
    readonly oldest: string;
    readonly newest: string;
    readonly complete: boolean;
  } | null;
}

/** The JSON report of an inspection, as far as the tests read it. */
export interface InspectReport
  extends Pick<Report, 'targets' | 'errors' | 'summary' | 'inUse' | 'interrupted' | 'exitCode'> {
  readonly since?: string;
  readonly runs: readonly ReportRun[];
  readonly items: readonly (ReportItem & { readonly run: string | null })[];
}

/** Compiles a JSON Schema that the package ships; what it returns throws with all that is wrong. */
export function schemaOf<T>(name: string): (value: unknown) => T {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  formats.default(ajv);
  const schema: object = JSON.parse(readFileSync(`${PACKAGE}schema/${name}.schema.json`, 'utf8'));
  const valid = ajv.compile<T>(schema);
  return (value) => {
    if (!valid(value)) throw new Error(`${name}: ${ajv.errorsText(valid.errors)}\n${JSON.stringify(value)}`);
    return value;
  };
}

const checked = schemaOf<InspectReport>('inspect');

/** Runs `inspect --json` and these arguments; its report is held against the schema and against the exit status. */
export async function inspect(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended & { readonly report: InspectReport }> {
  const ended = await run(['inspect', '--json', ...args], options);
  if (ended.out === '') throw new Error(`no report (exit ${ended.code ?? ended.signal}): ${ended.err}`);
  const report = checked(JSON.parse(ended.out));
  if (ended.code !== null && ended.code !== report.exitCode)
    throw new Error(`the report says exit ${report.exitCode}, it was ${ended.code}`);
  return { ...ended, report };
}
