import { readFileSync } from 'node:fs';
import { BIN, startProgram } from '../support/command.ts';
import { compile } from '../support/compile.ts';
import { type Report, reportOf } from '../support/schema.ts';
import { inMountNamespace, quoted } from '../support/wrap.ts';
import { type Move, PLANT, scriptOf } from './moves.ts';

/** One counted call of the sweep's main thread. */
export interface Call {
  readonly name: string;
  /** What it returned: an errno's negative number if it failed. */
  readonly result: number;
  readonly path: string;
}

/** One run: the calls in their order, and what was there before and after. */
export interface Stepped {
  readonly code: number | null;
  readonly report: Report;
  readonly err: string;
  readonly calls: readonly Call[];
  /** For each move that was made: the calls that came before it, and whether its script did all it was to do. */
  readonly moves: readonly { readonly after: number; readonly done: boolean }[];
  /** Each path with find's `%y`, and device and inode number. */
  readonly before: ReadonlyMap<string, Entry>;
  readonly after: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly type: string;
  readonly identity: string;
}

/** A move, and the number of the call that it comes after. */
export interface Step {
  readonly at: number;
  readonly move: Move;
}

/** Where a sweep runs, and how. */
export interface Ground {
  /** The words that run the rest in namespaces of its own, after a script. */
  readonly wrap: (script: string) => readonly string[];
  /** A script that makes the tree, in a directory that is a tmpfs. */
  readonly plant: string;
  readonly options: readonly string[];
}

const WITHOUT_LOOK: Ground = { wrap: inMountNamespace, plant: PLANT, options: ['--no-in-use'] };

/** Sweeps a tree of its own on a tmpfs in a mount namespace of its own, in `dir`, with the moves in between. */
export const sweepWithMoves = (dir: string, logs: string, steps: readonly Step[]): Promise<Stepped> =>
  sweepWithScripts(
    dir,
    logs,
    steps.map(({ at, move }) => [at, scriptOf(move)]),
    WITHOUT_LOOK,
  );

/** The same on any ground; `scripts`: a shell's, each with the number of the call that it comes after. */
export async function sweepWithScripts(
  dir: string,
  logs: string,
  scripts: readonly (readonly [at: number, script: string])[],
  { wrap, plant, options }: Ground,
): Promise<Stepped> {
  const list = (file: string) => `find . -printf '%y %D:%i %P\\n' >${quoted(`${logs}/${file}`)}`;
  const stepper = [compile('stepper'), `${logs}/calls`, `${dir}/t`];
  const sweep = [process.execPath, BIN, ...options, '--json', `${dir}/t`];
  const stepped = [...stepper, ...scripts.flat().map(String), '--', ...sweep].map(quoted).join(' ');
  const ended = await startProgram(['sh', '-c', `${stepped}; code=$?; ${list('after')}; exit $code`], {
    wrap: wrap([`mount -t tmpfs none ${quoted(dir)}`, `cd ${quoted(dir)}`, plant, list('before')].join('\n')),
    // As few threads as can be: a look goes through all of them.
    env: { UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '--v8-pool-size=0' },
    timeoutMs: 30_000,
  }).ended;
  return {
    code: ended.code,
    err: ended.err,
    report: reportOf(ended.stdout),
    ...readCalls(readFileSync(`${logs}/calls`, 'latin1')),
    before: readList(readFileSync(`${logs}/before`, 'latin1')),
    after: readList(readFileSync(`${logs}/after`, 'latin1')),
  };
}

function readCalls(log: string): Pick<Stepped, 'calls' | 'moves'> {
  const calls: Call[] = [];
  const moves: { after: number; done: boolean }[] = [];
  for (const line of log.split('\n')) {
    const [, name, result, path] = /^\d+ (\w+) (-?\d+) ?(.*)$/.exec(line) ?? [];
    if (name === undefined || result === undefined || path === undefined) continue;
    if (name === 'move') moves.push({ after: calls.length, done: result === '0' });
    else calls.push({ name, result: Number(result), path });
  }
  return { calls, moves };
}

function readList(text: string): Map<string, Entry> {
  const lines = text.split('\n').flatMap((line) => {
    const [, type, identity, path] = /^(\S) (\S+) (.*)$/.exec(line) ?? [];
    return type === undefined || identity === undefined || path === undefined
      ? []
      : [[path, { type, identity }] as const];
  });
  return new Map(lines);
}
