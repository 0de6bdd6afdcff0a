import { type Layout, wrap } from '../../output/layout.ts';
import type { Colors } from '../../report/colors.ts';
import { jsonText } from '../../report/escape.ts';
import { SCHEMA_VERSION } from '../../report/json-values.ts';
import type { Check, CheckStatus } from './check.ts';
import type { HostCriu } from './criu-checks.ts';

/** All that doctor found. */
export interface Diagnosis {
  readonly criu: HostCriu | null;
  readonly appArmor: boolean;
  readonly checks: readonly Check[];
  readonly exitCode: number;
}

/** The JSON report: one document. */
export function diagnosisJson({ criu, appArmor, checks, exitCode }: Diagnosis): string {
  return `${jsonText({ schemaVersion: SCHEMA_VERSION, criu, appArmor, checks, exitCode })}\n`;
}

const HANGING = 9;

/** The text report: a line for each check, with what it means and what to do. */
export function diagnosisText({ checks }: Diagnosis, layout: Layout, colors: Colors): string {
  return checks.map((check) => `${checkLines(check, layout, colors).join('\n')}\n`).join('');
}

function checkLines({ status, message, advice }: Check, layout: Layout, colors: Colors): string[] {
  const text = `${status.padEnd(HANGING)}${message}${advice === null ? '' : `: ${advice}`}`;
  const [first = '', ...rest] = wrap(text, layout, HANGING);
  return [paint(status, colors)(status) + first.slice(status.length), ...rest];
}

function paint(status: CheckStatus, colors: Colors): (text: string) => string {
  switch (status) {
    case 'ok':
      return colors.green;
    case 'warning':
      return colors.yellow;
    case 'problem':
      return colors.red;
    case 'unknown':
      return colors.magenta;
  }
}
