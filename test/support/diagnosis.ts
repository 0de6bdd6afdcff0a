import { chmodSync, writeFileSync } from 'node:fs';
import { type Ended, type RunOptions, run } from './command.ts';
import { schemaOf } from './inspection.ts';

/** The number of checks that doctor makes. */
export const CHECKS = 12;

/** One check in the JSON report of doctor. */
export interface ReportCheck {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly advice: string | null;
}

/** The JSON report of doctor. */
export interface DoctorReport {
  readonly criu: {
    readonly path: string;
    readonly version: string | null;
    readonly affected: boolean | null;
  } | null;
  readonly appArmor: boolean;
  readonly checks: readonly ReportCheck[];
  readonly exitCode: number;
}

const checked = schemaOf<DoctorReport>('doctor');

/** Runs `doctor --json`; its report is held against the schema and against the exit status. `of` gives a check. */
export async function diagnose(
  options: RunOptions = {},
): Promise<Ended & { readonly report: DoctorReport; readonly of: (id: string) => ReportCheck }> {
  const ended = await run(['doctor', '--json'], options);
  if (ended.out === '') throw new Error(`no report (exit ${ended.code ?? ended.signal}): ${ended.err}`);
  const report = checked(JSON.parse(ended.out));
  if (ended.code !== report.exitCode)
    throw new Error(`the report says ${report.exitCode}, it was ${ended.code}`);
  const of = (id: string) => {
    const [check, ...more] = report.checks.filter((each) => each.id === id);
    if (check === undefined || more.length > 0) throw new Error(`${more.length + 1} checks of ${id}`);
    return check;
  };
  return { ...ended, report, of };
}

/** Makes a program named criu, a shell script, in `dir`; the PATH on which it is the first. */
export function fakeCriu(dir: string, script: string, mode = 0o755): string {
  writeFileSync(`${dir}/criu`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${dir}/criu`, mode);
  return `${dir}:${process.env.PATH ?? '/usr/bin:/bin'}`;
}
