import { spawn } from 'node:child_process';

/** What every command runs with: the C locale (the cheapest for pattern matching), and no option of our own Node. */
export const ENVIRONMENT = {
  PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
  HOME: process.env.HOME ?? '/',
  LC_ALL: 'C',
};

/** Aborting it ends whatever {@link run} is running, and all that comes after. */
export const stop = new AbortController();

/**
 * Runs a command to its end without blocking, so that Ctrl-C is seen, and hands back its stdout.
 * @throws Error with its stderr where it exits with anything but 0.
 */
export async function run(file: string, args: readonly string[]): Promise<string> {
  const child = spawn(file, args, {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stop.signal,
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  const ending = await new Promise<number | string>((resolve, reject) => {
    child.on('error', (error) => {
      if (!stop.signal.aborted) reject(error);
    });
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (ending !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${ending}: ${text.stderr}`);
  return text.stdout;
}

/**
 * Reads a flat JSON object of numbers, which is what the C programs print.
 * @throws TypeError where it is anything else.
 */
export function parseNumbers(text: string): ReadonlyMap<string, number> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError(`no object: ${text}`);
  return new Map(
    Object.entries(parsed).map(([name, value]) => {
      if (typeof value !== 'number') throw new TypeError(`${name} is no number: ${text}`);
      return [name, value];
    }),
  );
}

/** @throws TypeError where there is no number of that name. */
export function take(numbers: ReadonlyMap<string, number>, name: string): number {
  const value = numbers.get(name);
  if (value === undefined) throw new TypeError(`no number "${name}"`);
  return value;
}
