import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Ended, type Running, type RunOptions, start } from './command.ts';
import { withOwnTmp } from './own-tmp.ts';
import { MEMORY, scratch } from './scratch.ts';
import { list } from './tree.ts';

/** Where a command runs, and works as CRIU does. */
export interface Workplace {
  /** Its working directory. */
  readonly dir: string;
  /** The work dir `work` in it. */
  readonly work: string;
  /** What is left in the work dir. */
  left(): string[];
}

/** A directory with an empty work dir in it, away from /tmp. */
export function workplace(): Workplace {
  const dir = scratch(MEMORY);
  const work = join(dir, 'work');
  mkdirSync(work);
  return { dir, work, left: () => list(work) };
}

/** A POSIX shell's command that makes a temporary directory as CRIU does, with mkdtemp(3): empty and 0700. */
export const mkdtemp = (dir: string, prefix = '.criu.temp-aa-policy.'): string =>
  `mktemp -d -p ${dir} ${prefix}XXXXXX >/dev/null`;

/** Starts `criu-sweep run`, in a /tmp of its own; killed when the test has finished. */
export function startRun(args: readonly string[], { dir }: Workplace, options: RunOptions = {}): Running {
  const wrap = [...withOwnTmp(), ...(options.wrap ?? [])];
  const running = start(['run', ...args], { cwd: dir, ...options, wrap });
  onTestFinished(async () => {
    for (const pid of [running.pid, ...descendants(running.pid)]) end(pid);
    await running.ended.catch(() => {});
  });
  return running;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

/** Runs `criu-sweep run` around a shell's script in the workplace's directory, watching its work dir. */
export const runScript = (script: string, where: Workplace, options: RunOptions = {}): Promise<Ended> =>
  startScript(script, where, options).ended;

/** Starts the same. */
export const startScript = (script: string, where: Workplace, options: RunOptions = {}): Running =>
  startRun(['--work-dir', 'work', '--', 'sh', '-c', script], where, options);

/** The line about a command in which CRIU was neither recognised nor seen. @param watched besides /tmp */
export const unseen = (...watched: readonly string[]): string =>
  `criu-sweep: no CRIU was recognised in the command, and none seen: watched: ${[...watched, '/tmp'].join(' and ')}; --work-dir names another directory\n`;

/** How it ended, in one word: `7`, `SIGKILL`. */
export const how = ({ code, signal }: Ended): string => signal ?? String(code);

/** Makes an executable in the workplace's directory, a shell's script by any name; its path. */
export function plantProgram({ dir }: Workplace, name: string, script: string): string {
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** All processes below one, by the kernel's own list of children; the nearest first. */
export function descendants(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendants)];
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
