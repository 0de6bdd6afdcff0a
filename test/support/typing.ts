import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished, vi } from 'vitest';
import { needHere } from './abilities.ts';
import { bareEnv, COMMAND } from './command.ts';
import { withOwnTmp } from './own-tmp.ts';
import { descendants, type Workplace } from './workplace.ts';
import { quoted } from './wrap.ts';

/** A terminal that a test types at. */
export interface TypedTerminal {
  /** The process that holds the other end. */
  readonly pid: number;
  type(text: string): void;
  /** Waits until what the terminal has shown so far matches, and gives the match. */
  shows(what: RegExp): Promise<RegExpExecArray>;
  /** All that it has shown. */
  shown(): string;
  /** Pulls the plug: the terminal is gone, as when a connection breaks. */
  hangUp(): Promise<void>;
}

export const CTRL_C = '\x03';
export const CTRL_Z = '\x1a';
export const CTRL_BACKSLASH = '\x1c';

/** A terminal (script(1)) on which this runs, as a word list of a POSIX shell. */
export function terminal(line: string, { dir }: Workplace): TypedTerminal {
  needHere('script');
  const argv = ['--quiet', '--return', '--command', line, '/dev/null'];
  const env = { ...bareEnv(), SHELL: '/bin/sh', PS1: '$ ', TERM: 'dumb', HISTFILE: '' };
  const child = spawn('script', argv, { cwd: dir, env, stdio: 'pipe' });
  const pid = child.pid ?? -1;
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  child.stdin.on('error', () => {});
  const closed = once(child, 'exit');
  const hangUp = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  onTestFinished(async () => {
    for (const each of descendants(pid).reverse()) kill(each);
    await hangUp();
  });
  const shows = (what: RegExp) =>
    vi.waitFor(() => what.exec(shown) ?? Promise.reject(new Error(`not shown ${what}: ${shown}`)), 20_000);
  return { pid, type: (text) => child.stdin.write(text), shows, shown: () => shown, hangUp };
}

/** `criu-sweep run` around a shell's script, watching `work`, as a word list of a POSIX shell. @param wrap see wrap.ts */
export function runLine(script: string, wrap: readonly string[] = []): string {
  const command = ['run', '--work-dir', 'work', '--', 'sh', '-c', script];
  return [...withOwnTmp(), ...wrap, ...COMMAND, ...command].map(quoted).join(' ');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}
