import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKAGE, program, type RunOptions, start } from './command.ts';
import { type Report, reportOf } from './schema.ts';

/** The number of chdir(2) (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h). */
const CHDIR = process.arch === 'x64' ? '80' : '49';
const HELD_MS = 2_000;

/** Holds the command up for a while at its first chdir(2): mountinfo has been read, the target has not been entered. */
const heldUp = (): string[] => [
  ...['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=chdir', '-e', 'signal=none'],
  ...['-e', `inject=chdir:delay_enter=${HELD_MS * 1000}:when=1`, '--'],
];

/**
 * Sweeps, and has something happen after the mounts were read and before the target is entered.
 *
 * @param happens what happens, with the command's pid
 */
export async function sweepWhile(
  args: readonly string[],
  options: RunOptions,
  happens: (pid: number) => Promise<void>,
): Promise<{ readonly report: Report; readonly code: number | null; readonly err: string }> {
  const running = start(['--json', ...args], { ...options, wrap: [...(options.wrap ?? []), ...heldUp()] });
  while (!isInChdir(running.pid)) await sleep(10);
  await happens(running.pid);
  if (!isInChdir(running.pid)) throw new Error('it took too long: the sweep went on meanwhile');
  const { stdout, code, err } = await running.ended;
  return { report: reportOf(stdout), code, err };
}

/** Runs a shell's script in the mount namespace of a process. */
export async function inNamespaceOf(pid: number, script: string): Promise<void> {
  await program(['nsenter', '--mount', `--target=${pid}`, '--', 'sh', '-e', '-c', script], { cwd: PACKAGE });
}

function isInChdir(pid: number): boolean {
  return readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith(`${CHDIR} `);
}
