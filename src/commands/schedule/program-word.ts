import { isExact } from '../../linux/bytes.ts';
import { UsageError } from '../../model/usage-error.ts';

/**
 * Refuses a command that is not UTF-8, because units and crontabs are, and a program that is not found where
 * it was meant: a scheduled sweep starts in another directory.
 *
 * @throws UsageError
 */
export function refuseUnsteadyProgram(command: readonly string[]): void {
  const [program = ''] = command;
  const inexact = command.find((word) => !isExact(word));
  if (inexact !== undefined)
    throw new UsageError(
      `--command: '${inexact}' is not UTF-8, and cannot be written into a file: call it by another name`,
    );
  if (program === '') throw new UsageError('--command: names no program: write what starts criu-sweep');
  if (program.includes('/') && !program.startsWith('/'))
    throw new UsageError(
      `--command: '${program}' is relative, and a scheduled sweep starts in another directory: write it absolute`,
    );
}

/** Refuses such a program, and a variable before it, which only a shell sets. @throws UsageError */
export function refuseWithoutShell(command: readonly string[]): void {
  const [program = ''] = command;
  if (/^[A-Za-z_]\w*=/.test(program))
    throw new UsageError(
      `--command: '${program}': no shell is there to set a variable: write /usr/bin/env before it`,
    );
  refuseUnsteadyProgram(command);
}

/**
 * Refuses what ExecStart= cannot name as a program, in whatever quotes: it takes characters before it for
 * instructions of its own, and refuses others (systemd.service(5); systemd's config_parse_exec() and
 * string_is_safe()).
 *
 * @throws UsageError
 */
export function refuseForExec(command: readonly string[]): void {
  const [program = ''] = command;
  const why = whyNotInExec(program);
  if (why !== null)
    throw new UsageError(`ExecStart= of a unit cannot name '${program}' as its program: ${why}`);
  refuseWithoutShell(command);
}

const OTHER = 'write a --command that begins with another name, or with /usr/bin/env and a blank';

function whyNotInExec(program: string): string | null {
  const first = program.slice(0, 1);
  if (first !== '' && '@-:+!|'.includes(first))
    return `to systemd '${first}' before a program has a meaning: ${OTHER}`;
  if (/['"\\\x00-\x1f\x7f]/.test(program))
    return `it has a quote, a backslash or a control character: ${OTHER}`;
  if (/\/$|^\.\.?$/.test(program)) return `that is a directory's name: write a program's`;
  return program === ';' ? `to systemd that ends a command: ${OTHER}` : null;
}
