import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The root of this package, with a slash at its end. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
/** The command as it is installed; it runs what `npm run build` made. */
export const BIN = `${PACKAGE}bin/criu-sweep.js`;
/** The Node that runs it: `npm run test:nodes` names others. */
export const NODE = process.env.CRIU_SWEEP_NODE ?? process.execPath;
/** The words that start it. `npm run test:executable` names an executable, from this package's root. */
export const COMMAND: readonly string[] =
  process.env.CRIU_SWEEP_EXECUTABLE === undefined
    ? [NODE, BIN]
    : [`${PACKAGE}${process.env.CRIU_SWEEP_EXECUTABLE}`];

/** How to run a program. */
export interface RunOptions {
  /** Added to a bare environment: PATH, HOME and a UTF-8 locale. Nothing else is inherited, so neither CI nor NO_COLOR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads; without it stdin is /dev/null. */
  readonly stdin?: string | Buffer;
  /** A program that runs the command, with its arguments: see wrap.ts. */
  readonly wrap?: readonly string[];
  /** A file to write to instead of a pipe, opened as it is (`/dev/full`, a FIFO). */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Leaves what it prints in the pipe, which is full after 64 KiB, until `read()`. */
  readonly stalled?: boolean;
  /** Milliseconds until it is killed and the run is an error; 100,000 unless said. */
  readonly timeoutMs?: number;
}

/** How a program ended, and all that it printed: as bytes, and decoded as UTF-8. */
export interface Ended {
  /** Exit status, `null` where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly out: string;
  readonly err: string;
}

/** A program that runs. */
export interface Running {
  readonly pid: number;
  /** False where it has ended already. */
  kill(signal: NodeJS.Signals): boolean;
  /** Resolves as soon as what it printed so far matches; rejects where it ends before. */
  printed(stream: 'stdout' | 'stderr', what: RegExp): Promise<void>;
  /** Starts to read what a `stalled` program prints. */
  read(): void;
  /** Bytes printed on stdout so far. */
  printedBytes(): number;
  readonly ended: Promise<Ended>;
}

/** Has every Node that is started write what it ran: `npm run test:coverage`. */
const COVERAGE =
  process.env.CRIU_SWEEP_COVERAGE === undefined
    ? {}
    : {
        NODE_V8_COVERAGE: process.env.CRIU_SWEEP_COVERAGE,
        NODE_OPTIONS: `--require=${PACKAGE}test/never-run/self-kill.cjs`,
      };

/** The environment a bare cron job has, with a locale. */
export const bareEnv = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: process.env.HOME ?? '/',
  LANG: 'C.UTF-8',
  ...COVERAGE,
});

function spawned(argv: readonly string[], options: RunOptions): ChildProcess {
  const [file, ...args] = [...(options.wrap ?? []), ...argv];
  if (file === undefined) throw new Error('nothing to run');
  const files = [options.stdout, options.stderr].map((path) => (path ? openSync(path, 'w') : 'pipe'));
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...bareEnv(), ...options.env },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', ...files],
  });
  for (const fd of files) if (typeof fd === 'number') closeSync(fd);
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.stdin);
  return child;
}

/** Starts any program. Throws (through `ended`) where it cannot be started or runs too long. */
export function startProgram(argv: readonly string[], options: RunOptions = {}): Running {
  const child = spawned(argv, options);
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const read = () => {
    child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  };
  if (!options.stalled) read();
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(chunks[stream]).toString();
  const limit = options.timeoutMs ?? 100_000;
  const ended = new Promise<Ended>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new Error(`${argv.join(' ')}: still running after ${limit} ms\n${text('stdout')}${text('stderr')}`),
      );
    }, limit);
    child.once('error', reject);
    child.once(options.stalled ? 'exit' : 'close', (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(timer);
      const [stdout, stderr] = [Buffer.concat(chunks.stdout), Buffer.concat(chunks.stderr)];
      resolve({ code, signal, stdout, stderr, out: stdout.toString(), err: stderr.toString() });
    });
  });
  ended.catch(() => {});
  const printed = (stream: 'stdout' | 'stderr', what: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => what.test(text(stream)) && resolve();
      look();
      child[stream]?.on('data', look);
      child.once('close', () => reject(new Error(`ended without ${what} on ${stream}: ${text(stream)}`)));
    });
  return {
    pid: child.pid ?? -1,
    kill: (signal) => child.kill(signal),
    printed,
    read,
    printedBytes: () => chunks.stdout.reduce((sum, chunk) => sum + chunk.length, 0),
    ended,
  };
}

/** Starts the built command with these arguments. */
export const start = (args: readonly string[], options: RunOptions = {}): Running =>
  startProgram([...COMMAND, ...args], options);

/** Runs the built command with these arguments to its end. */
export const run = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  start(args, options).ended;

/** Runs any program to its end, and throws with what it said where it did not exit 0. */
export async function program(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const ended = await startProgram(argv, options).ended;
  if (ended.code !== 0)
    throw new Error(`${argv.join(' ')}: ${ended.code ?? ended.signal}\n${ended.out}${ended.err}`);
  return ended;
}

/** What a shell says as the exit status of a program that this signal ended: 128 and its number. */
export const statusOf = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): number => 128 + constants.signals[signal];
